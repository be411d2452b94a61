package source

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format"
)

// maxFiles bounds a folder of which all files are taken.
const maxFiles = 100_000

// openFolder gives the newest file of a folder, or all of them as one, as it does of
// a GTFS feed unless the newest is asked for.
func openFolder(ctx context.Context, s catalog.Source, opt Options) (*Fetched, error) {
	dir := opt.path(s.Folder)
	files, err := filesOf(dir, s.Pattern)
	if err != nil {
		return nil, err
	}
	if takesFeed(s, files) {
		return packFeed(ctx, dir, files, opt)
	}
	if s.Take == catalog.TakeAll {
		return joinFiles(ctx, dir, files, opt)
	}
	newest := slices.MaxFunc(files, func(a, b fs.FileInfo) int {
		if c := a.ModTime().Compare(b.ModTime()); c != 0 {
			return c
		}
		return strings.Compare(a.Name(), b.Name())
	})
	src, err := format.OpenSource(filepath.Join(dir, newest.Name()), "")
	if err != nil {
		return nil, err
	}
	return &Fetched{Source: src, Public: src.Name()}, nil
}

// filesOf gives the files of a folder that a pattern names, by name. Hidden
// files, folders and links are none.
func filesOf(dir, pattern string) ([]fs.FileInfo, error) {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil, geo.Errorf(geo.KindNotFound, "there is no folder %s", dir)
	} else if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "cannot read the folder %s: %w", dir, err)
	}
	var files []fs.FileInfo
	for _, e := range entries {
		fits := true
		if pattern != "" {
			if fits, err = filepath.Match(pattern, e.Name()); err != nil {
				return nil, geo.Errorf(geo.KindInvalid, "source.pattern: %q is not a pattern such as *.csv", pattern)
			}
		}
		if !fits || !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		info, err := e.Info()
		if os.IsNotExist(err) {
			continue // gone since
		} else if err != nil {
			return nil, geo.Errorf(geo.KindInvalid, "cannot read %s: %w", e.Name(), err)
		}
		files = append(files, info)
	}
	if len(files) == 0 {
		return nil, geo.Errorf(geo.KindNotFound, "the folder %s has no file %s", dir, pattern)
	}
	if len(files) > maxFiles {
		return nil, geo.Errorf(geo.KindLimit, "the folder %s has %d files; at most %d are read", dir, len(files), maxFiles)
	}
	return files, nil
}

// joinFiles makes one file of all: of CSV files with the same header, or of
// GeoJSON FeatureCollections. Other formats have no form in which one file
// follows another.
func joinFiles(ctx context.Context, dir string, files []fs.FileInfo, opt Options) (*Fetched, error) {
	isJSON := strings.HasSuffix(strings.ToLower(files[0].Name()), "json")
	name := filepath.Base(dir) + ".csv"
	if isJSON {
		name = filepath.Base(dir) + ".geojson"
	}
	path, err := opt.spool(func(f *os.File) error {
		j := joiner{lines: bufio.NewWriterSize(f, 256<<10), left: opt.MaxBytes}
		if isJSON {
			j.features = newMerged(f, opt.MaxBytes)
		}
		for _, info := range files {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := j.add(filepath.Join(dir, info.Name())); err != nil {
				return err
			}
		}
		if isJSON {
			return j.features.end()
		}
		if err := j.lines.Flush(); err != nil {
			return geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return opened(path, name, filepath.Base(dir)+"/", Mark{})
}

// joiner puts one file after the other.
type joiner struct {
	lines    *bufio.Writer
	features *merged // nil for CSV
	header   []byte  // of the first file; nil before it
	left     int64
}

// maxHeader bounds the first line of a CSV file.
const maxHeader = 1 << 20

func (j *joiner) add(path string) error {
	src, err := format.OpenSource(path, "")
	if err != nil {
		return err
	}
	r, err := src.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	if j.features != nil {
		if _, err := decodePage(r, func(f json.RawMessage) error { return j.features.add(f) }); err != nil {
			return geo.Errorf(geo.KindInvalid, "%s cannot be joined with the files before: %w", src.Name(), err)
		}
		return nil
	}
	in := bufio.NewReaderSize(r, maxHeader)
	header, err := in.ReadSlice('\n')
	if err != nil && err != io.EOF {
		return geo.Errorf(geo.KindInvalid, "%s does not begin with the line of a header: %w", src.Name(), err)
	}
	plain := bytes.TrimRight(bytes.TrimPrefix(header, []byte("\ufeff")), "\r\n")
	switch {
	case j.header == nil:
		j.header = bytes.Clone(plain)
		j.lines.Write(header) //nolint:errcheck // Flush tells it
	case !bytes.Equal(plain, j.header):
		return geo.Errorf(geo.KindInvalid, "%s does not have the header of the files before", src.Name()).
			WithHint("the first file’s is %s", geo.ClipValue(string(j.header)))
	}
	last := &lastByte{w: j.lines, last: '\n'}
	n, err := io.Copy(last, io.LimitReader(in, j.left+1))
	if err != nil {
		return geo.Errorf(geo.KindInvalid, "cannot read %s: %w", src.Name(), err)
	}
	if j.left -= n + int64(len(header)); j.left < 0 {
		return geo.Errorf(geo.KindLimit, "the files have more bytes than are read")
	}
	if last.last != '\n' {
		j.lines.WriteByte('\n') //nolint:errcheck // Flush tells it
	}
	return nil
}

// lastByte remembers the last byte that was written.
type lastByte struct {
	w    io.Writer
	last byte
}

func (l *lastByte) Write(b []byte) (int, error) {
	if len(b) > 0 {
		l.last = b[len(b)-1]
	}
	return l.w.Write(b)
}
