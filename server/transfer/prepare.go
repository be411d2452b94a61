package transfer

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
)

// inMemory is how much of a prepared file is kept in memory; a larger one is on disk.
const inMemory = 1 << 20

// Prepared is a file that is whole, and not sent yet. Close removes it.
type Prepared struct {
	// Features is how many it has.
	Features int64

	desk *Desk
	room string
	out  *shelf
}

// Prepare makes the file of job. The request that ctx is of must not go on for
// long: nothing is sent meanwhile.
func (d *Desk) Prepare(ctx context.Context, job *Job) (*Prepared, error) {
	room, err := d.room()
	if err != nil {
		return nil, err
	}
	p := &Prepared{desk: d, room: room, out: &shelf{room: room}}
	if p.Features, err = d.make(ctx, p.out, job, room); err != nil {
		p.Close()
		return nil, explain(err)
	}
	return p, nil
}

// Send answers with the file; the other headers are in w's already. It fails as
// Stream does.
func (p *Prepared) Send(w http.ResponseWriter, r *http.Request) error {
	out := &stream{w: w, control: http.NewResponseController(w)}
	w.Header().Set("Content-Length", strconv.FormatInt(p.out.size, 10))
	_, err := out.Write(p.out.memory.Bytes())
	if err == nil && p.out.file != nil {
		if _, err = p.out.file.Seek(0, io.SeekStart); err == nil {
			_, err = io.Copy(out, p.out.file)
		}
	}
	if err == nil {
		return nil
	}
	return broken(w, r, out.sent, err)
}

// Close removes what is on disk.
func (p *Prepared) Close() {
	if p.out.file != nil {
		_ = p.out.file.Close() // it was only read since it was written
	}
	p.desk.leave(p.room)
}

// shelf keeps a file, its beginning in memory.
type shelf struct {
	room   string
	memory bytes.Buffer
	file   *os.File
	size   int64
	spoilt bool
}

func (s *shelf) alive() {}

func (s *shelf) spoil() { s.spoilt = true }

func (s *shelf) Write(b []byte) (int, error) {
	if s.spoilt {
		return 0, errSpoilt
	}
	s.size += int64(len(b))
	if s.file == nil && s.memory.Len()+len(b) <= inMemory {
		return s.memory.Write(b)
	}
	if s.file == nil {
		var err error
		if s.file, err = os.Create(filepath.Join(s.room, "page")); err != nil {
			return 0, err
		}
	}
	return s.file.Write(b)
}
