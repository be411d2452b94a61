package transfer

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"puy/geo"
	"puy/geo/format"
	"puy/server/answer"
)

const (
	// patience bounds one transfer as a whole.
	patience = time.Hour
	// prefix begins the names of the folders of transfers.
	prefix = "puy-transfer-"
	// rowsBetween is how many features are written between two looks at what the
	// transfer takes of the disk.
	rowsBetween = 8192
)

// Options say where transfers put what they cannot send at once.
type Options struct {
	Dir      string // empty is the system's folder for temporary files; made where it is not
	DirBytes int64  // how much one transfer may take there; 0 for 8 GiB
	Log      *slog.Logger
}

// Desk makes files. Its methods may be called from many goroutines.
type Desk struct{ opt Options }

// NewDesk removes what a killed process has left in the folder: whatever is older
// than a transfer can be.
func NewDesk(opt Options) *Desk {
	if opt.Dir == "" {
		opt.Dir = os.TempDir()
	}
	if opt.DirBytes <= 0 {
		opt.DirBytes = 8 << 30
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	left, err := os.ReadDir(opt.Dir)
	if err != nil && !os.IsNotExist(err) {
		opt.Log.Warn("the folder for temporary files cannot be read", "folder", opt.Dir, "error", err)
	}
	for _, entry := range left {
		info, err := entry.Info()
		if err != nil || !strings.HasPrefix(entry.Name(), prefix) || time.Since(info.ModTime()) < 2*patience {
			continue
		}
		if err := os.RemoveAll(filepath.Join(opt.Dir, entry.Name())); err != nil {
			opt.Log.Warn("an old temporary folder cannot be removed", "folder", entry.Name(), "error", err)
		}
	}
	return &Desk{opt}
}

// Job is one file to make.
type Job struct {
	Format   format.Format
	Layer    format.Layer
	Features iter.Seq2[*geo.Feature, error]
	// Convert takes a geometry from longitude, latitude to the CRS of Layer, in
	// place; nil for nothing.
	Convert func(geo.Geometry)
	// Check looks at the number of features before the file is completed; its
	// error ends the transfer. Nil for none.
	Check func(written int64) error
}

// make writes the file of job to out. In room it may put files.
func (d *Desk) make(ctx context.Context, out sink, job *Job, room string) (n int64, err error) {
	job.Layer.TempDir = room
	w, err := job.Format.NewWriter(out, job.Layer)
	if err != nil {
		return 0, err
	}
	complete := false
	defer func() {
		if !complete && !format.Discard(w) {
			out.spoil() // so that Close, which frees what w holds, sends nothing
			_ = w.Close()
		}
	}()
	for f, err := range job.Features {
		if err != nil {
			return n, err
		}
		if job.Convert != nil {
			job.Convert(f.Geometry)
		}
		if err := w.Write(f); err != nil {
			return n, err
		}
		if n++; n%rowsBetween == 0 {
			if err := d.look(ctx, out, room); err != nil {
				return n, err
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return n, err
	}
	if job.Check != nil {
		if err := job.Check(n); err != nil {
			return n, err
		}
	}
	complete = true
	out.alive()
	return n, w.Close()
}

// look keeps the connection open, and the disk free.
func (d *Desk) look(ctx context.Context, out sink, room string) error {
	out.alive()
	if err := ctx.Err(); err != nil {
		return err
	}
	var size int64
	err := filepath.WalkDir(room, func(_ string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && !info.IsDir() {
			size += info.Size()
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		return geo.Errorf(geo.KindInternal, "cannot look at the temporary folder: %w", err)
	}
	if size > d.opt.DirBytes {
		p := answer.Refusal(http.StatusServiceUnavailable, "room.file")
		p.Cause = geo.Errorf(geo.KindLimit, "a transfer took more than %d bytes in %s", d.opt.DirBytes, room)
		return p
	}
	return nil
}

// room makes the folder of one transfer.
func (d *Desk) room() (string, error) {
	if err := os.MkdirAll(d.opt.Dir, 0o700); err != nil {
		return "", noRoom(err)
	}
	room, err := os.MkdirTemp(d.opt.Dir, prefix)
	if err != nil {
		return "", noRoom(err)
	}
	return room, nil
}

func (d *Desk) leave(room string) {
	if err := os.RemoveAll(room); err != nil {
		d.opt.Log.Error("a temporary folder cannot be removed", "folder", room, "error", err)
	}
}

// noRoom tells clients that the disk fails, and not which.
func noRoom(err error) error {
	p := answer.Refusal(http.StatusServiceUnavailable, "room.disk")
	p.RetryAfter, p.Cause = 60, err
	return p
}

// explain tells a full disk as such.
func explain(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || err != nil && strings.Contains(err.Error(), "database or disk is full") {
		return noRoom(err)
	}
	return err
}
