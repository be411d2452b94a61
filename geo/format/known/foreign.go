package known

import (
	"bytes"
	"path"
	"strings"

	"puy/geo/format"
	"puy/geo/format/archive"
	"puy/geo/format/xls"
)

// signature is how files of a format that puy does not read begin.
type signature struct {
	bytes string
	what  string
}

func signatures() []signature {
	return []signature{
		{"%PDF", "a PDF document"},
		{"\x89PNG", "a PNG image"},
		{"\xff\xd8\xff", "a JPEG image"},
		{"GIF8", "a GIF image"},
		{"II*\x00", "a TIFF image"},
		{"MM\x00*", "a TIFF image"},
		{"\x09\x00\x04\x00", "a worksheet of Excel 2"},
		{"\x09\x02\x06\x00", "a worksheet of Excel 3"},
		{"\x09\x04\x06\x00", "a worksheet of Excel 4"},
		{"PMTiles", "a PMTiles archive"},
		{"SQLite format 3\x00", "an SQLite database that is not a GeoPackage"},
		{"7z\xbc\xaf\x27\x1c", "a 7z archive"},
		{"Rar!", "a RAR archive"},
		{"BZh", "compressed with bzip2"},
		{"\xfd7zXZ\x00", "compressed with xz"},
		{"\x28\xb5\x2f\xfd", "compressed with zstd"},
		{"\x89HDF", "an HDF5 or netCDF file"},
		{"CDF", "a netCDF file"},
		{"{\\rtf", "an RTF document"},
	}
}

// foreign says what a file that starts with head is, if it is something that puy does not read; "" where it
// may be one of ours.
func foreign(head []byte) string {
	if archive.IsZip(head) {
		return "a zip archive"
	}
	for _, s := range signatures() {
		if bytes.HasPrefix(head, []byte(s.bytes)) {
			return s.what
		}
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	if len(text) > 0 && text[0] == '<' {
		return markup(strings.ToLower(string(text[:min(len(text), 4096)])))
	}
	return ""
}

// markup tells HTML and the kinds of XML apart.
func markup(text string) string {
	for _, kind := range [...][2]string{
		{"<!doctype html", "an HTML page (is the address that of a page about the data?)"},
		{"<html", "an HTML page (is the address that of a page about the data?)"},
		{"<kml", "KML"},
		{"exceptionreport", "an error message of a web service"},
		{"serviceexception", "an error message of a web service"},
		{"gml", "GML without a collection of features"},
		{"<osmchange", "a change file of OpenStreetMap (send an extract in PBF, .osm.pbf)"},
		{"<osm", "OpenStreetMap XML (send the same extract in PBF, .osm.pbf, or convert it with osmium cat)"},
		{"<rss", "an RSS feed"},
		{"<feed", "an Atom feed"},
		{"<svg", "an SVG image"},
		{"<?xml", "XML"},
	} {
		if strings.Contains(text, kind[0]) {
			return kind[1]
		}
	}
	return "XML or HTML"
}

// contents tells by the names of its entries what a zip archive is.
func contents(names []string) string {
	for _, entry := range names {
		name := strings.ToLower(entry)
		if strings.HasPrefix(name, "word/") {
			return "a Word document (.docx)"
		}
		if path.Ext(name) == ".gdbtable" {
			return "a zipped file geodatabase"
		}
	}
	return "a zip archive"
}

// compound tells whether a compound file is a workbook, and else what it is, by the
// names in it.
func compound(src *format.Source) error {
	names, err := xls.Names(src)
	if err != nil || xls.Holds(names) {
		return err
	}
	for _, name := range names {
		switch strings.ToLower(name) {
		case "worddocument":
			return unread(src, "a Word document (.doc)")
		case "powerpoint document":
			return unread(src, "a PowerPoint presentation (.ppt)")
		case "encryptedpackage":
			return unread(src, "a document protected by a password")
		case "__properties_version1.0":
			return unread(src, "an Outlook message (.msg)")
		case "visiodocument":
			return unread(src, "a Visio drawing (.vsd)")
		}
	}
	return unread(src, "an old Office document that is not a workbook")
}

// companion says what a file is that belongs to another one, by its name.
func companion(name string) string {
	if strings.HasSuffix(name, ".osm.bz2") || strings.HasSuffix(name, ".osc") {
		return "OpenStreetMap data in XML (send the same extract in PBF, .osm.pbf)"
	}
	switch path.Ext(name) {
	case ".shx", ".sbn", ".sbx", ".qix", ".prj", ".cpg":
		return "a companion of a shapefile (send the .shp with it, in a zip archive)"
	case ".csvt":
		return "a companion of a CSV file"
	}
	return ""
}
