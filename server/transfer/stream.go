package transfer

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"puy/server/answer"
)

const (
	// piece is how much is sent under one deadline.
	piece = 64 << 10
	// piecePatience is how long a client may take to receive one piece.
	piecePatience = 30 * time.Second
)

// sink is what a Writer writes to.
type sink interface {
	io.Writer
	alive() // work goes on; nothing may have been sent for long
	spoil() // whatever comes is thrown away
}

var errSpoilt = errors.New("the transfer has ended")

// Stream answers with the file of job while it is made. The headers are in w's
// already; Content-Length is added where the Writer knows it. An error before the
// first byte is given back; a later one breaks the transfer off, so that no client
// takes a part for the whole.
func (d *Desk) Stream(w http.ResponseWriter, r *http.Request, job *Job) error {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	room, err := d.room()
	if err != nil {
		return err
	}
	defer d.leave(room)
	out := &stream{w: w, control: http.NewResponseController(w)}
	out.alive()
	if _, err = d.make(ctx, out, job, room); err == nil {
		err = out.ended()
	}
	if err == nil {
		return nil
	}
	return broken(w, r, out.sent, explain(err))
}

// broken gives err back where nothing has been sent, and breaks off otherwise.
func broken(w http.ResponseWriter, r *http.Request, sent int64, err error) error {
	if sent == 0 {
		w.Header().Del("Content-Length")
		return err
	}
	answer.NoteFailure(r, err)
	panic(http.ErrAbortHandler)
}

// stream sends to a client.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	size    int64 // what was announced, or 0
	sent    int64
	spoilt  bool
}

// alive gives the connection more time. The deadline for reading would end the
// request's context as well: the server goes on listening for the client to leave.
func (s *stream) alive() {
	// Not every writer has deadlines; the server's own then hold.
	_ = s.control.SetReadDeadline(time.Now().Add(patience))
	_ = s.control.SetWriteDeadline(time.Now().Add(piecePatience))
}

func (s *stream) spoil() { s.spoilt = true }

// SetSize implements format.Sized.
func (s *stream) SetSize(bytes int64) {
	if s.sent == 0 && !s.spoilt {
		s.size = bytes
		s.w.Header().Set("Content-Length", strconv.FormatInt(bytes, 10))
	}
}

func (s *stream) Write(b []byte) (n int, err error) {
	for n < len(b) {
		if s.spoilt {
			return n, errSpoilt
		}
		s.alive()
		sent, err := s.w.Write(b[n:min(len(b), n+piece)])
		n += sent
		s.sent += int64(sent)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// ended finds a Writer that announced another size than it wrote.
func (s *stream) ended() error {
	if s.size > 0 && s.size != s.sent {
		return errors.New("the file has " + strconv.FormatInt(s.sent, 10) + " bytes, not " + strconv.FormatInt(s.size, 10) + " as announced")
	}
	return nil
}
