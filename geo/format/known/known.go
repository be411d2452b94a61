package known

import (
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/csv"
	"puy/geo/format/fgb"
	"puy/geo/format/geojson"
	"puy/geo/format/gpkg"
	"puy/geo/format/jsonfg"
)

// Formats gives all formats in the order in which a file is shown to them: those
// with a signature first, those that are merely plausible last.
func Formats() []format.Format {
	return []format.Format{gpkg.Format(), fgb.Format(), geojson.FormatSeq(), geojson.Format(), csv.Format(), jsonfg.Format()}
}

// Lookup gives the format called name, in any letter case, or that files with the
// extension name (with its dot) are of.
func Lookup(name string) (format.Format, bool) {
	name = strings.ToLower(name)
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
		for _, ext := range f.Extensions {
			if ext == name {
				return f, true
			}
		}
	}
	return format.Format{}, false
}

// Detect tells which format src is of, by its content and then by its name.
// Errors are of KindInvalid and say what the file is, where that is known, and
// what puy reads.
func Detect(src *format.Source) (format.Format, error) {
	head, err := src.Head()
	if err != nil {
		return format.Format{}, err
	}
	if len(head) == 0 {
		return format.Format{}, geo.Errorf(geo.KindInvalid, "%s is empty", src.Name())
	}
	formats := Formats()
	name := src.LowerName()
	if what := foreign(src, head); what != "" {
		// A signature of ours may be inside a signature of others, as that of
		// GeoPackage is inside SQLite's.
		for _, f := range formats {
			if f.Detect("", head) {
				return f, nil
			}
		}
		return format.Format{}, unread(src, what)
	}
	for _, f := range formats {
		if f.Detect(name, head) {
			return f, nil
		}
	}
	return format.Format{}, unread(src, "")
}

func unread(src *format.Source, what string) error {
	var titles []string
	for _, f := range Formats() {
		if f.Open != nil {
			titles = append(titles, f.Title)
		}
	}
	reads := "puy reads " + strings.Join(titles, ", ")
	if what == "" {
		return geo.Errorf(geo.KindInvalid, "the format of %s is not known; %s", src.Name(), reads)
	}
	return geo.Errorf(geo.KindInvalid, "%s is %s, which puy does not read; %s", src.Name(), what, reads)
}
