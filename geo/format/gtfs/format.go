package gtfs

import (
	"context"
	"path"
	"slices"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/archive"
)

// Format is GTFS, which is read only.
func Format() format.Format {
	return format.Format{
		Name:       "gtfs",
		Title:      "GTFS",
		MediaType:  "application/zip",
		Extensions: []string{".gtfs"},
		Detect:     func(string, []byte) bool { return false },
		Holds:      Holds,
		Open: func(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
			r, err := open(ctx, src, opt)
			if err != nil {
				return nil, err
			}
			return r, nil
		},
		Layers: func(_ context.Context, src *format.Source) ([]string, error) {
			a, err := archive.Open(src)
			if err != nil {
				return nil, err
			}
			defer a.Close()
			var layers []string
			for _, c := range choices(a.Names()) {
				layers = append(layers, c.layer)
			}
			return layers, nil
		},
	}
}

// Holds tells whether files with these paths are a feed: two files that every feed has
// are in one folder.
func Holds(names []string) bool { return len(folders(names)) > 0 }

// folders gives those that hold a feed, in the order of their files.
func folders(names []string) []string {
	var list []string
	core := map[string]int{}
	layered := map[string]bool{}
	for _, name := range names {
		dir := path.Dir(name)
		base := strings.ToLower(path.Base(name))
		switch base {
		case "stops.txt", "routes.txt":
			layered[dir] = true
			fallthrough
		case "agency.txt", "trips.txt", "stop_times.txt":
			if core[dir]++; core[dir] == 1 {
				list = append(list, dir)
			}
		}
	}
	return slices.DeleteFunc(list, func(dir string) bool { return core[dir] < 2 || !layered[dir] })
}

// choice is a layer that can be read.
type choice struct {
	layer  string // as people name it
	folder string
	kind   string // "routes", "stops" or "shapes"
}

// choices gives the layers of an archive; where it holds several feeds, the folder is
// part of their names.
func choices(names []string) []choice {
	var list []choice
	dirs := folders(names)
	there := make(map[string]bool, len(names))
	for _, name := range names {
		there[path.Dir(name)+"/"+strings.ToLower(path.Base(name))] = true
	}
	for _, dir := range dirs {
		for _, kind := range [...]string{"routes", "stops", "shapes"} {
			if !there[dir+"/"+kind+".txt"] {
				continue
			}
			c := choice{layer: kind, folder: dir, kind: kind}
			if len(dirs) > 1 && dir != "." {
				c.layer = dir + "/" + kind
			}
			list = append(list, c)
		}
	}
	return list
}

// choose gives the layer that is called name, or the only one.
func choose(src *format.Source, names []string, name string) (choice, error) {
	list := choices(names)
	var layers []string
	for _, c := range list {
		if strings.EqualFold(c.layer, name) {
			return c, nil
		}
		layers = append(layers, c.layer)
	}
	all := strings.Join(layers[:min(len(layers), 20)], ", ")
	switch {
	case len(list) == 0:
		return choice{}, geo.Errorf(geo.KindInvalid, "%s is not a GTFS feed: it holds no stops.txt or routes.txt", src.Name())
	case name != "":
		return choice{}, geo.Errorf(geo.KindInvalid, "%s has no layer %q; it has %s", src.Name(), name, all)
	case len(list) > 1:
		return choice{}, geo.Errorf(geo.KindInvalid, "%s has several layers: %s", src.Name(), all).WithHint("state which one to read with --layer or source.layer")
	}
	return list[0], nil
}
