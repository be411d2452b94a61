package known

import (
	"context"
	"errors"
	"io"
	"os"
	"path"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/archive"
)

// maxNesting bounds how deep archives may be inside archives.
const maxNesting = 2

// zipped is a zip archive around files of other formats, inside so many archives.
// A layer is one of the files, or FILE/LAYER of one; where there is just one file it is
// that file's layer. The files are of the format want, or where that is nil of those
// that they look like.
func zipped(depth int, want *format.Format) format.Format {
	return format.Format{
		Name:       "zip",
		Title:      "Zip archive",
		MediaType:  "application/zip",
		Extensions: []string{".zip"},
		Detect:     func(string, []byte) bool { return false },
		Holds:      func(names []string) bool { return len(packed(names, depth, want)) > 0 },
		Open: func(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
			return openZipped(ctx, src, opt, depth, want)
		},
		Layers: func(_ context.Context, src *format.Source) ([]string, error) {
			a, err := archive.Open(src)
			if err != nil {
				return nil, err
			}
			defer a.Close()
			names := a.Names()
			var layers []string
			for _, i := range packed(names, depth, want) {
				layers = append(layers, names[i])
			}
			return layers, nil
		},
	}
}

// packed gives the places of entries that may be of a format: by their extensions,
// and by .txt and .xml where there are no others, since that is how notes end. Where
// none is by its extension of the format that is wanted, any may be.
func packed(names []string, depth int, want *format.Format) []int {
	formats := Formats()
	if want != nil {
		formats = []format.Format{*want}
	}
	known := map[string]bool{}
	for _, f := range formats {
		for _, ext := range f.Extensions {
			known[ext] = true
		}
	}
	known[".zip"] = want == nil && depth < maxNesting
	var data, notes, all []int
	for i, name := range names {
		if strings.HasSuffix(name, "/") {
			continue
		}
		all = append(all, i)
		switch ext := path.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz")); {
		case ext == ".txt", ext == ".xml":
			notes = append(notes, i)
		case known[ext]:
			data = append(data, i)
		}
	}
	switch {
	case data != nil:
		return data
	case want != nil && len(notes) != 1:
		return all
	}
	return notes
}

func openZipped(ctx context.Context, src *format.Source, opt format.Options, depth int, want *format.Format) (format.Reader, error) {
	a, err := archive.Open(src)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	names := a.Names()
	list := packed(names, depth, want)
	at, inner := -1, ""
	for _, i := range list {
		if rest, inside := strings.CutPrefix(opt.Layer, names[i]+"/"); inside {
			at, inner = i, rest
			break
		}
		if opt.Layer != "" && called(names[i], opt.Layer) {
			if at >= 0 {
				return nil, geo.Errorf(geo.KindInvalid, "%s holds several files called %s", src.Name(), opt.Layer).WithHint("state the whole path, as in %s", names[i])
			}
			at = i
		}
	}
	switch {
	case at >= 0:
		opt.Layer = inner
	case len(list) == 1:
		at = list[0]
	case opt.Layer != "":
		return nil, geo.Errorf(geo.KindInvalid, "%s has no file or layer %q; it has %s", src.Name(), opt.Layer, some(names, list))
	case len(list) == 0:
		return nil, unread(src, contents(names))
	default:
		return nil, geo.Errorf(geo.KindInvalid, "%s holds several files: %s", src.Name(), some(names, list)).WithHint("state which one to read with --layer or source.layer")
	}
	r := &unzipped{}
	if err := r.open(ctx, a.Entries[at], opt, depth, want); err != nil {
		return nil, errors.Join(err, r.remove())
	}
	return r, nil
}

// called tells whether layer is the path, the name, or the name without its
// extension of an entry.
func called(entry, layer string) bool {
	base := path.Base(entry)
	return entry == layer || base == layer || strings.TrimSuffix(base, path.Ext(base)) == layer
}

func some(names []string, list []int) string {
	const most = 20
	var texts []string
	for _, i := range list[:min(len(list), most)] {
		texts = append(texts, names[i])
	}
	if len(list) > most {
		texts = append(texts, "…")
	}
	return strings.Join(texts, ", ")
}

// unzipped reads a file that was taken out of an archive, and removes it in the end.
type unzipped struct {
	format.Reader
	path string
}

func (u *unzipped) open(ctx context.Context, entry archive.Entry, opt format.Options, depth int, want *format.Format) error {
	in, err := entry.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.CreateTemp("", "puy-*.unzipped")
	if err != nil {
		return geo.Errorf(geo.KindInternal, "cannot make a temporary file: %w", err)
	}
	u.path = out.Name()
	_, err = io.Copy(out, in)
	if e := out.Close(); err == nil && e != nil {
		err = geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", e)
	}
	if err != nil {
		return err
	}
	src, err := format.OpenSource(u.path, path.Base(entry.Name))
	if err != nil {
		return geo.Errorf(geo.KindInvalid, "%s is empty", entry.Name)
	}
	var f format.Format
	if want != nil {
		f, err = chosen(src, *want, depth+1)
	} else {
		f, err = detect(src, depth+1)
	}
	if err != nil {
		return err
	}
	u.Reader, err = f.Open(ctx, src, opt)
	return err
}

func (u *unzipped) remove() error {
	if u.path == "" {
		return nil
	}
	if err := os.Remove(u.path); err != nil {
		return geo.Errorf(geo.KindInternal, "cannot remove a temporary file: %w", err)
	}
	return nil
}

// Close closes and removes the file.
func (u *unzipped) Close() error { return errors.Join(u.Reader.Close(), u.remove()) }
