package transfer

import (
	"errors"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"puy/geo"
	"puy/geo/format"
	"puy/server/answer"
)

// spooling writes what it is given to a file first.
type spooling struct {
	out  io.Writer
	file *os.File
}

func (w *spooling) Write(f *geo.Feature) error {
	_, err := w.file.WriteString(f.ID)
	return err
}

func (w *spooling) Close() error {
	defer w.file.Close()
	_, err := w.file.Seek(0, io.SeekStart)
	if err == nil {
		_, err = io.Copy(w.out, w.file)
	}
	return err
}

func spoolFormat() format.Format {
	return format.Format{Name: "spool", NewWriter: func(out io.Writer, layer format.Layer) (format.Writer, error) {
		file, err := os.Create(filepath.Join(layer.TempDir, "spool"))
		return &spooling{out, file}, err
	}}
}

// rows gives n features of a thousand bytes, then err if there is one.
func rows(n int, err error) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		f := &geo.Feature{ID: strings.Repeat("x", 1000)}
		for range n {
			if !yield(f, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

func isEmpty(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestStreamAndPrepareGiveTheSame(t *testing.T) {
	dir := t.TempDir()
	desk := NewDesk(Options{Dir: dir})
	for _, n := range []int{0, 3, 3000} { // in memory, and on disk
		r := httptest.NewRequest("GET", "/", nil)
		streamed, prepared := httptest.NewRecorder(), httptest.NewRecorder()
		if err := desk.Stream(streamed, r, &Job{Format: spoolFormat(), Features: rows(n, nil)}); err != nil {
			t.Fatal(err)
		}
		p, err := desk.Prepare(t.Context(), &Job{Format: spoolFormat(), Features: rows(n, nil)})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Send(prepared, r); err != nil {
			t.Fatal(err)
		}
		p.Close()
		if streamed.Body.Len() != n*1000 || prepared.Body.String() != streamed.Body.String() || p.Features != int64(n) {
			t.Errorf("%d features: %d and %d bytes", n, streamed.Body.Len(), prepared.Body.Len())
		}
		isEmpty(t, dir)
	}
}

func TestWhatFails(t *testing.T) {
	gone := errors.New("the disk is gone")
	for name, c := range map[string]struct {
		job    Job
		bytes  int64
		status int
	}{
		"a row":             {Job{Format: spoolFormat(), Features: rows(10, gone)}, 0, 500},
		"the count":         {Job{Format: spoolFormat(), Features: rows(10, nil), Check: func(int64) error { return gone }}, 0, 500},
		"a full disk":       {Job{Format: spoolFormat(), Features: rows(10, &os.PathError{Op: "write", Err: syscall.ENOSPC})}, 0, 503},
		"more than allowed": {Job{Format: spoolFormat(), Features: rows(2*rowsBetween, nil)}, 1 << 20, 503},
	} {
		dir := t.TempDir()
		desk := NewDesk(Options{Dir: dir, DirBytes: c.bytes})
		w := httptest.NewRecorder()
		err := desk.Stream(w, httptest.NewRequest("GET", "/", nil), &c.job)
		if err == nil || answer.ProblemOf(err).Status != c.status || w.Body.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", name, err, w.Body.Len())
		}
		isEmpty(t, dir)
		if _, err := desk.Prepare(t.Context(), &c.job); err == nil {
			t.Errorf("%s: prepared all the same", name)
		}
		isEmpty(t, dir)
	}
}

// After the first byte there is no answer to give: the transfer breaks off.
func TestStreamBreaksOff(t *testing.T) {
	f := format.Format{Name: "direct", NewWriter: func(out io.Writer, _ format.Layer) (format.Writer, error) { return direct{out}, nil }}
	dir := t.TempDir()
	desk := NewDesk(Options{Dir: dir})
	for name, job := range map[string]Job{
		"a row":     {Format: f, Features: rows(10, errors.New("the disk is gone"))},
		"the count": {Format: f, Features: rows(10, nil), Check: func(int64) error { return errors.New("too few") }},
	} {
		w := httptest.NewRecorder()
		func() {
			defer func() {
				if cause := recover(); cause != http.ErrAbortHandler {
					t.Errorf("%s: %v", name, cause)
				}
			}()
			t.Errorf("%s: it ends with %v", name, desk.Stream(w, httptest.NewRequest("GET", "/", nil), &job))
		}()
		if strings.Contains(w.Body.String(), "END") {
			t.Errorf("%s: the file is completed", name)
		}
	}
	isEmpty(t, dir)
}

// direct has no Discard, so that it is closed in any case.
type direct struct{ out io.Writer }

func (d direct) Write(f *geo.Feature) error {
	_, err := io.WriteString(d.out, f.ID)
	return err
}

func (d direct) Close() error {
	_, err := io.WriteString(d.out, "END")
	return err
}

// What a killed process has left goes, and nothing else.
func TestOldFoldersGo(t *testing.T) {
	dir := t.TempDir()
	for name, age := range map[string]time.Duration{prefix + "old": 3 * patience, prefix + "new": 0, "other": 3 * patience} {
		path := filepath.Join(dir, name)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(-age)
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
	}
	NewDesk(Options{Dir: dir})
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 || left[0].Name() != "other" || left[1].Name() != prefix+"new" {
		t.Errorf("left are %v, %v", left, err)
	}
}
