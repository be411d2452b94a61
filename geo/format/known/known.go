package known

import (
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/archive"
	"puy/geo/format/csv"
	"puy/geo/format/decp"
	"puy/geo/format/fgb"
	"puy/geo/format/geojson"
	"puy/geo/format/gml"
	"puy/geo/format/gpkg"
	"puy/geo/format/gpx"
	"puy/geo/format/gtfs"
	"puy/geo/format/jsonfg"
	"puy/geo/format/jsontable"
	"puy/geo/format/kml"
	"puy/geo/format/ods"
	"puy/geo/format/osmpbf"
	"puy/geo/format/parquet"
	"puy/geo/format/shp"
	"puy/geo/format/topojson"
	"puy/geo/format/xls"
	"puy/geo/format/xls/cfb"
	"puy/geo/format/xlsx"
)

// Formats gives all formats in the order in which a file is shown to them: those
// with a signature first, those that are merely plausible last.
func Formats() []format.Format {
	return []format.Format{gpkg.Format(), fgb.Format(), parquet.Format(), osmpbf.Format(), gtfs.Format(), shp.Format(), kml.Format(), kml.FormatKMZ(), gpx.Format(), gml.Format(), xlsx.Format(), ods.Format(), xls.Format(),
		decp.Format(), topojson.Format(), jsontable.Format(), geojson.FormatSeq(), geojson.Format(), csv.Format(), jsonfg.Format()}
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
func Detect(src *format.Source) (format.Format, error) { return detect(src, 0) }

// Choose gives the format of src that is called name, in any letter case, whatever
// its content looks like. Of a zip archive that is not itself of that format, the
// file inside is read so. Errors are of KindInvalid.
func Choose(src *format.Source, name string) (format.Format, error) {
	f, ok := Lookup(name)
	if !ok {
		return format.Format{}, geo.Errorf(geo.KindInvalid, "puy does not know the format %q", name)
	}
	return chosen(src, f, 0)
}

// chosen is Choose for a file that is inside so many archives.
func chosen(src *format.Source, f format.Format, depth int) (format.Format, error) {
	head, err := src.Head()
	if err != nil {
		return format.Format{}, err
	}
	if depth > maxNesting || f.Open == nil || !archive.IsZip(head) || src.Compressed() || f.Detect("", head) {
		return f, nil
	}
	a, err := archive.Open(src)
	if err != nil {
		return format.Format{}, err
	}
	defer a.Close()
	if f.Holds != nil && f.Holds(a.Names()) {
		return f, nil
	}
	return zipped(depth, &f), nil
}

// detect recognises a file that is inside so many archives.
func detect(src *format.Source, depth int) (format.Format, error) {
	head, err := src.Head()
	if err != nil {
		return format.Format{}, err
	}
	if len(head) == 0 {
		return format.Format{}, geo.Errorf(geo.KindInvalid, "%s is empty", src.Name())
	}
	formats := Formats()
	name := src.LowerName()
	if what := companion(name); what != "" {
		return format.Format{}, unread(src, what)
	}
	if archive.IsZip(head) && !src.Compressed() {
		return detectArchive(src, formats, depth)
	}
	if cfb.Is(head) {
		return xls.Format(), compound(src)
	}
	if what := foreign(head); what != "" {
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

// detectArchive tells by its entries which format a zip archive is of: one that is
// an archive, or an archive around files.
func detectArchive(src *format.Source, formats []format.Format, depth int) (format.Format, error) {
	a, err := archive.Open(src)
	if err != nil {
		return format.Format{}, err
	}
	defer a.Close()
	names := a.Names()
	for _, f := range formats {
		if f.Holds != nil && f.Holds(names) {
			return f, nil
		}
	}
	what := contents(names)
	if around := zipped(depth, nil); what == "a zip archive" && around.Holds(names) {
		return around, nil
	}
	return format.Format{}, unread(src, what)
}

func unread(src *format.Source, what string) error {
	var titles []string
	for _, f := range Formats() {
		if f.Open != nil {
			titles = append(titles, f.Title)
		}
	}
	reads := geo.Say("puy reads %s", strings.Join(titles, ", "))
	if what == "" {
		return geo.Errorf(geo.KindInvalid, "the format of %s is not known; %s", src.Name(), reads)
	}
	return geo.Errorf(geo.KindInvalid, "%s is %s, which puy does not read; %s", src.Name(), what, reads)
}
