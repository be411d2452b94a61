package source

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format"
)

// Options bound what Open does. The zero Options are good.
type Options struct {
	Base     string        // the folder that relative paths start from
	Temp     string        // the folder for temporary files; empty is the system's
	Private  bool          // sources may be at addresses of private networks
	MaxBytes int64         // of a source; 0 for 8 GiB
	Deadline time.Duration // for all of it, retries included; 0 for 30 minutes
	Attempts int           // how often one request is made; 0 for 4
	// Getenv gives environment variables that hold the URLs of databases; nil: os.Getenv.
	Getenv func(string) string
	// Progress is told how many bytes have come, of how many; 0 where that is not known.
	Progress func(done, total int64)
}

// Mark is what a publisher told of the edition of a file that was read last, by
// which it can tell whether there is another. Zero: nothing.
type Mark struct {
	ETag     string `json:"etag,omitempty"`     // RFC 9110 section 8.8.3, or the edition as a portal names it
	Modified string `json:"modified,omitempty"` // Last-Modified, section 8.8.2
}

// Fetched is a source that lies on disk.
type Fetched struct {
	// Source is nil where the publisher says that nothing has changed.
	*format.Source
	// Public is the name or the address for versions and pages, without secrets.
	Public string
	Mark   Mark

	temporary string // to remove
}

// Unchanged tells that the edition that the Mark was of is still the present one.
func (f *Fetched) Unchanged() bool { return f.Source == nil }

// Close removes what is temporary.
func (f *Fetched) Close() error {
	if f.temporary == "" {
		return nil
	}
	err := os.Remove(f.temporary)
	f.temporary = ""
	return err
}

// Open brings s to disk, unless it is as it was at known. Errors are of
// KindUnavailable where it may be there later, KindLimit for too much of it,
// otherwise of KindInvalid or KindNotFound.
func Open(ctx context.Context, s catalog.Source, known Mark, opt Options) (*Fetched, error) {
	opt = opt.complete()
	opt.Private = opt.Private || s.Private
	whole := ctx
	ctx, cancel := context.WithTimeoutCause(ctx, opt.Deadline, errDeadline)
	defer cancel()
	f, err := open(ctx, s, known, opt)
	if err != nil && whole.Err() == nil && errors.Is(context.Cause(ctx), errDeadline) {
		err = geo.Errorf(geo.KindUnavailable, "the source was not there after %v: %w", opt.Deadline, err)
	}
	return f, err
}

var errDeadline = errors.New("the time for a source is over")

func open(ctx context.Context, s catalog.Source, known Mark, opt Options) (*Fetched, error) {
	switch {
	case s.File != "":
		src, err := format.OpenSource(opt.path(s.File), "")
		if err != nil {
			return nil, err
		}
		return &Fetched{Source: src, Public: src.Name()}, nil
	case s.Folder != "":
		return openFolder(ctx, s, opt)
	case s.PostGIS != "":
		return openTable(ctx, s, opt)
	}
	c := newClient(opt)
	defer c.close()
	switch {
	case s.URL != "":
		return c.fetch(ctx, request{address: s.URL}, known)
	case s.OAPIF != "":
		return c.openCollection(ctx, s)
	case s.WFS != "":
		return c.openType(ctx, s)
	case s.Opendatasoft != "":
		return c.openOpendatasoft(ctx, s, known)
	case s.CKAN != "":
		return c.openCKAN(ctx, s, known)
	case s.Udata != "":
		return c.openUdata(ctx, s, known)
	}
	return nil, geo.Errorf(geo.KindInvalid, "the dataset has no source")
}

// complete gives o with what it does not say.
func (o Options) complete() Options {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 8 << 30
	}
	if o.Deadline <= 0 {
		o.Deadline = 30 * time.Minute
	}
	if o.Attempts <= 0 {
		o.Attempts = 4
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Progress == nil {
		o.Progress = func(int64, int64) {}
	}
	return o
}

func (o Options) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(o.Base, filepath.FromSlash(name))
}

const temporaryFiles = "puy-source-*"

// Sweep removes what processes that were killed have left in a folder of
// temporary files, where it is older than any source may take.
func Sweep(dir string, older time.Duration) error {
	left, err := filepath.Glob(filepath.Join(dir, temporaryFiles))
	if err != nil {
		return geo.Errorf(geo.KindInternal, "cannot list %s: %w", dir, err)
	}
	var failed []error
	for _, path := range left {
		info, err := os.Stat(path)
		if err == nil && time.Since(info.ModTime()) > older {
			err = os.Remove(path)
		}
		if err != nil && !os.IsNotExist(err) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// spool makes a temporary file and lets fill write it; the file is there only
// where that succeeds.
func (o Options) spool(fill func(f *os.File) error) (path string, err error) {
	f, err := os.CreateTemp(o.Temp, temporaryFiles)
	if err != nil {
		return "", geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
	}
	defer func() {
		if closeErr := f.Close(); err == nil && closeErr != nil {
			err = geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", closeErr)
		}
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	return f.Name(), fill(f)
}

// opened gives the temporary file at path as what was fetched, or removes it.
func opened(path, name, public string, mark Mark) (*Fetched, error) {
	src, err := format.OpenSource(path, name)
	if err != nil {
		os.Remove(path)
		return nil, err
	}
	return &Fetched{Source: src, Public: public, Mark: mark, temporary: path}, nil
}
