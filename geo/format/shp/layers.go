package shp

import (
	"context"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/archive"
)

// part is one file of a layer.
type part struct {
	name string
	size int64  // in bytes, -1 where it is not known
	path string // on disk as it stands, or ""
	open func() (io.ReadCloser, error)
}

// layerFiles are the files of one layer; those that are missing are nil.
type layerFiles struct {
	name                    string
	shp, shx, dbf, prj, cpg *part
}

func (l *layerFiles) take(ext string, p *part) {
	switch strings.ToLower(ext) {
	case ".shp":
		l.shp = p
	case ".shx":
		l.shx = p
	case ".dbf":
		l.dbf = p
	case ".prj":
		l.prj = p
	case ".cpg", ".cst": // .cst is GeoServer's name for it
		if l.cpg == nil || strings.EqualFold(ext, ".cpg") {
			l.cpg = p
		}
	}
}

// collection is all the layers of a source.
type collection struct {
	name    string
	size    int64
	layers  []*layerFiles // those with a .shp first
	archive *archive.Archive
}

func (c *collection) close() error {
	if c.archive == nil {
		return nil
	}
	return c.archive.Close()
}

func find(src *format.Source) (*collection, error) {
	head, err := src.Head()
	if err != nil {
		return nil, err
	}
	c := &collection{name: src.Name(), size: src.Size()}
	switch {
	case archive.IsZip(head):
		if c.archive, err = archive.Open(src); err != nil {
			return nil, err
		}
		c.zipped()
		if len(c.layers) == 0 {
			c.close()
			return nil, geo.Errorf(geo.KindInvalid, "%s holds neither a .shp nor a .dbf", src.Name())
		}
		return c, nil
	case isMainFile(head) || isTable(head):
		c.layers = []*layerFiles{beside(src, isMainFile(head))}
		return c, nil
	}
	return nil, geo.Errorf(geo.KindInvalid, "%s is not a Shapefile", src.Name())
}

// zipped finds the layers of the archive: files of one folder and one name.
func (c *collection) zipped() {
	byStem := map[string]*layerFiles{}
	names := map[string]int{}
	var all []*layerFiles
	for i := range c.archive.Entries {
		entry := &c.archive.Entries[i]
		ext := path.Ext(entry.Name)
		stem := strings.TrimSuffix(entry.Name, ext)
		key := strings.ToLower(stem)
		l := byStem[key]
		if l == nil {
			l = &layerFiles{name: stem}
			byStem[key] = l
			all = append(all, l)
		}
		l.take(ext, &part{name: entry.Name, size: entry.Size, open: entry.Open})
	}
	for _, spatial := range [...]bool{true, false} {
		for _, l := range all {
			if (l.shp != nil) == spatial && (l.shp != nil || l.dbf != nil) {
				c.layers = append(c.layers, l)
				names[strings.ToLower(path.Base(l.name))]++
			}
		}
	}
	for _, l := range c.layers {
		if base := path.Base(l.name); names[strings.ToLower(base)] == 1 {
			l.name = base
		}
	}
}

// beside finds the siblings of a .shp on disk.
func beside(src *format.Source, shape bool) *layerFiles {
	base := path.Base(strings.ReplaceAll(src.Name(), `\`, "/"))
	if strings.HasSuffix(strings.ToLower(base), ".gz") {
		base = base[:len(base)-3]
	}
	l := &layerFiles{name: strings.TrimSuffix(base, path.Ext(base))}
	own := &part{name: src.Name(), size: src.Size(), path: src.Path(), open: func() (io.ReadCloser, error) { return src.Open() }}
	if src.Compressed() {
		own.size, own.path = -1, ""
	}
	if !shape {
		l.dbf = own
		if src.Compressed() {
			return l
		}
	}
	ext := filepath.Ext(src.Path())
	stem := strings.TrimSuffix(src.Path(), ext)
	if strings.EqualFold(ext, ".shp") || strings.EqualFold(ext, ".dbf") {
		wanted := []string{".shx", ".dbf", ".prj", ".cpg"}
		if !shape {
			wanted = []string{".cpg"}
		}
		for _, want := range wanted {
			for _, spelled := range [...]string{want, strings.ToUpper(want)} {
				at := stem + spelled
				info, err := os.Stat(at)
				if err != nil || !info.Mode().IsRegular() {
					continue
				}
				l.take(want, &part{name: filepath.Base(at), size: info.Size(), path: at, open: func() (io.ReadCloser, error) { return os.Open(at) }})
				break
			}
		}
	}
	if shape {
		l.shp = own
	}
	return l
}

func layerNames(_ context.Context, src *format.Source) ([]string, error) {
	c, err := find(src)
	if err != nil {
		return nil, err
	}
	defer c.close()
	return c.names(), nil
}

func (c *collection) names() []string {
	var names []string
	for _, l := range c.layers {
		names = append(names, l.name)
	}
	return names
}

// choose gives the layer called name. Without a name it is the only one, or the
// only one with shapes.
func (c *collection) choose(name string) (*layerFiles, error) {
	list := strings.Join(c.names(), ", ")
	if name == "" {
		if len(c.layers) == 1 || c.layers[0].shp != nil && c.layers[1].shp == nil {
			return c.layers[0], nil
		}
		return nil, geo.Errorf(geo.KindInvalid, "%s has several layers: %s", c.name, list).WithHint("state which one to read with --layer or source.layer")
	}
	for _, l := range c.layers {
		if l.name == name {
			return l, nil
		}
	}
	for _, l := range c.layers {
		if strings.EqualFold(l.name, name) {
			return l, nil
		}
	}
	return nil, geo.Errorf(geo.KindInvalid, "%s has no layer %q; it has %s", c.name, name, list)
}

// text reads the first part of a small file, or "" where there is none or it is damaged.
func (p *part) text() string {
	if p == nil {
		return ""
	}
	r, err := p.open()
	if err != nil {
		return ""
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, 64<<10))
	if err != nil && !errors.Is(err, io.EOF) {
		return ""
	}
	return strings.TrimSpace(strings.TrimPrefix(string(b), "\ufeff"))
}
