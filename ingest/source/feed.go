package source

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format/gtfs"
)

// OpenFeed gives a folder whose files are the tables of a GTFS feed as the archive
// that feeds are published as; KindInvalid where it is no such folder.
func OpenFeed(ctx context.Context, dir string, opt Options) (*Fetched, error) {
	opt = opt.complete()
	files, err := filesOf(dir, "")
	if err != nil && geo.KindOf(err) != geo.KindNotFound {
		return nil, err
	}
	if !isFeed(files) {
		return nil, geo.Errorf(geo.KindInvalid, "%s is a folder, not a file", dir)
	}
	return packFeed(ctx, dir, files, opt)
}

func isFeed(files []fs.FileInfo) bool {
	names := make([]string, len(files))
	for i := range files {
		names[i] = files[i].Name()
	}
	return gtfs.Holds(names)
}

// packFeed makes one archive of the files of a folder. The same files make the same
// bytes, by which a refresh knows that nothing has changed.
func packFeed(ctx context.Context, dir string, files []fs.FileInfo, opt Options) (*Fetched, error) {
	base, err := filepath.Abs(dir)
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "cannot read the folder %s: %w", dir, err)
	}
	base = filepath.Base(base)
	path, err := opt.spool(func(out *os.File) error {
		z, left := zip.NewWriter(out), opt.MaxBytes
		for _, info := range files {
			if err := ctx.Err(); err != nil {
				return err
			}
			to, err := z.CreateHeader(&zip.FileHeader{Name: info.Name(), Method: zip.Store})
			if err != nil {
				return geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
			}
			n, err := copyFile(to, filepath.Join(dir, info.Name()), left+1)
			if err != nil {
				return err
			}
			if left -= n; left < 0 {
				return geo.Errorf(geo.KindLimit, "the files of %s have more bytes than are read", base)
			}
		}
		if err := z.Close(); err != nil {
			return geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return opened(path, base+".zip", base+"/", Mark{})
}

func copyFile(to io.Writer, path string, most int64) (int64, error) {
	in, err := os.Open(path)
	if err != nil {
		return 0, geo.Errorf(geo.KindInvalid, "cannot read %s: %w", filepath.Base(path), err)
	}
	n, err := io.Copy(to, io.LimitReader(in, most))
	if err = errors.Join(err, in.Close()); err != nil {
		err = geo.Errorf(geo.KindInvalid, "cannot read %s: %w", filepath.Base(path), err)
	}
	return n, err
}

// takesFeed tells whether all files of a folder are to be read as a feed.
func takesFeed(s catalog.Source, files []fs.FileInfo) bool {
	return s.Take != catalog.TakeNewest && isFeed(files)
}
