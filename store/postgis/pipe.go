package postgis

import (
	"context"
	"errors"
	"io"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	chunkSize  = 256 << 10 // bytes of rows handed over at once
	chunkCount = 3         // one being written, one waiting, one being sent
)

var errAborted = errors.New("the load was aborted")

// copyPipe runs COPY in the background: rows are encoded while others are sent.
type copyPipe struct {
	full, free chan []byte
	abort      chan struct{}
	done       chan struct{} // closed once COPY has ended; err is set then
	err        error
	rest       []byte // of the chunk that Read is at
	chunk      []byte
}

// startCopy starts COPY with the statement sql on conn, which belongs to the
// pipe until finish or cancel returns.
func startCopy(ctx context.Context, conn *pgconn.PgConn, sql string) *copyPipe {
	p := &copyPipe{full: make(chan []byte, chunkCount), free: make(chan []byte, chunkCount), abort: make(chan struct{}), done: make(chan struct{})}
	for range chunkCount - 1 {
		p.free <- make([]byte, 0, chunkSize+chunkSize/4)
	}
	go func() {
		defer close(p.done)
		_, p.err = conn.CopyFrom(ctx, p, sql)
	}()
	return p
}

// send hands over a chunk and gives an empty one.
func (p *copyPipe) send(chunk []byte) ([]byte, error) {
	select {
	case p.full <- chunk:
	case <-p.done:
		return chunk[:0], p.failure()
	}
	select {
	case chunk = <-p.free:
		return chunk[:0], nil
	case <-p.done:
		return nil, p.failure()
	}
}

func (p *copyPipe) failure() error {
	if p.err != nil {
		return p.err
	}
	return errors.New("COPY ended before its data")
}

// finish sends the last chunk and waits for the end of COPY.
func (p *copyPipe) finish(chunk []byte) error {
	select {
	case p.full <- chunk:
		close(p.full)
		<-p.done
		return p.err
	case <-p.done:
		return p.failure()
	}
}

// cancel ends COPY without its rows.
func (p *copyPipe) cancel() {
	close(p.abort)
	<-p.done
}

// Read gives COPY its data.
func (p *copyPipe) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		if p.chunk != nil {
			p.free <- p.chunk // never blocks: it holds every chunk there is
			p.chunk = nil
		}
		select {
		case chunk, ok := <-p.full:
			if !ok {
				return 0, io.EOF
			}
			p.chunk, p.rest = chunk, chunk
		case <-p.abort:
			return 0, errAborted
		case <-p.done: // the server refused a row
			return 0, io.EOF
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}
