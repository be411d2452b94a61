package catalog

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Source is where a dataset comes from. Of the places, from File to PostGIS,
// one is set.
type Source struct {
	File         string `json:"file,omitempty" yaml:"file"`                 // relative to the catalogue's folder
	Folder       string `json:"folder,omitempty" yaml:"folder"`             // a folder of files, relative as File
	URL          string `json:"url,omitempty" yaml:"url"`                   // a file by HTTP
	PMTiles      string `json:"pmtiles,omitempty" yaml:"pmtiles"`           // a file as File, or a URL: an archive of tiles, which are served as they are
	OAPIF        string `json:"oapif,omitempty" yaml:"oapif"`               // the landing page of an OGC API Features server
	WFS          string `json:"wfs,omitempty" yaml:"wfs"`                   // the address of a WFS 2.0 server
	Opendatasoft string `json:"opendatasoft,omitempty" yaml:"opendatasoft"` // the address of a portal of Opendatasoft (Huwise)
	CKAN         string `json:"ckan,omitempty" yaml:"ckan"`                 // the address of a CKAN portal
	Udata        string `json:"udata,omitempty" yaml:"udata"`               // the address of a udata portal, as https://www.data.gouv.fr
	PostGIS      string `json:"postgis,omitempty" yaml:"postgis"`           // the environment variable that holds the URL of a database

	Pattern    string `json:"pattern,omitempty" yaml:"pattern"`       // of folder: which names, as "*.csv"
	Take       string `json:"take,omitempty" yaml:"take"`             // of folder: TakeNewest (empty too) or TakeAll
	Collection string `json:"collection,omitempty" yaml:"collection"` // of oapif
	TypeName   string `json:"type,omitempty" yaml:"type"`             // of wfs, with its prefix
	Output     string `json:"output,omitempty" yaml:"output"`         // of wfs: the outputFormat to ask for; empty for the server's GML
	Dataset    string `json:"dataset,omitempty" yaml:"dataset"`       // of opendatasoft, ckan and udata: id or name
	Export     string `json:"export,omitempty" yaml:"export"`         // of opendatasoft: geojson (empty too), parquet or csv
	Resource   string `json:"resource,omitempty" yaml:"resource"`     // of ckan and udata: id, name or format, where there are several
	Table      string `json:"table,omitempty" yaml:"table"`           // of postgis: a table or view, as "voirie.pistes"

	Every     Every `json:"every,omitempty" yaml:"every"`          // how often it is looked at again; 0: only when somebody asks
	Private   bool  `json:"private,omitempty" yaml:"private"`      // the source may be at an address of a private network
	MayShrink bool  `json:"mayShrink,omitempty" yaml:"may_shrink"` // a version of less than half the rows is published as others are

	Format    string `json:"format,omitempty" yaml:"format"`
	Layer     string `json:"layer,omitempty" yaml:"layer"`
	CRS       string `json:"crs,omitempty" yaml:"crs"` // as "EPSG:2154"
	Encoding  string `json:"encoding,omitempty" yaml:"encoding"`
	Delimiter string `json:"delimiter,omitempty" yaml:"delimiter"`
	Decimal   string `json:"decimal,omitempty" yaml:"decimal"`
	Header    string `json:"header,omitempty" yaml:"header"`     // of CSV: "first", or "none" where the first line holds values
	Axes      string `json:"axes,omitempty" yaml:"axes"`         // "xy" or "yx": the order in which coordinates stand
	Geometry  string `json:"geometry,omitempty" yaml:"geometry"` // a column's name, or "none"
	X         string `json:"x,omitempty" yaml:"x"`
	Y         string `json:"y,omitempty" yaml:"y"`
	// Tags says which elements of an OpenStreetMap file are meant, as
	// "highway=cycleway" or "highway=path & bicycle=designated": those that fit one of them.
	Tags []string `json:"tags,omitempty" yaml:"tags"`
}

// Which files of a folder make a dataset.
const (
	TakeNewest = "newest" // the one changed last
	TakeAll    = "all"    // all of them, one after the other in the order of their names
)

// IsArchive tells whether the dataset is an archive of tiles: it has no features
// and no versions.
func (s Source) IsArchive() bool { return s.PMTiles != "" }

// Reading gives s without what does not change what is read.
func (s Source) Reading() Source {
	s.Every, s.Private, s.MayShrink = 0, false, false
	return s
}

// OfFile gives how s is read, with a file as its place.
func (s Source) OfFile(name string) Source {
	return Source{File: name, Format: s.Format, Layer: s.Layer, CRS: s.CRS, Encoding: s.Encoding, Delimiter: s.Delimiter, Decimal: s.Decimal, Geometry: s.Geometry, X: s.X, Y: s.Y, Tags: s.Tags}
}

// places gives the places that s could have, by their keys.
func (s Source) places() []struct{ key, value string } {
	return []struct{ key, value string }{
		{"file", s.File}, {"folder", s.Folder}, {"url", s.URL}, {"pmtiles", s.PMTiles}, {"oapif", s.OAPIF}, {"wfs", s.WFS},
		{"opendatasoft", s.Opendatasoft}, {"ckan", s.CKAN}, {"udata", s.Udata}, {"postgis", s.PostGIS},
	}
}

// detail is a key of a source that belongs to some places.
type detail struct {
	key, value string
	places     []string
	needed     bool
}

func (s Source) details() []detail {
	return []detail{
		{"pattern", s.Pattern, []string{"folder"}, false}, {"take", s.Take, []string{"folder"}, false},
		{"collection", s.Collection, []string{"oapif"}, true},
		{"type", s.TypeName, []string{"wfs"}, true}, {"output", s.Output, []string{"wfs"}, false},
		{"dataset", s.Dataset, []string{"opendatasoft", "ckan", "udata"}, true}, {"export", s.Export, []string{"opendatasoft"}, false},
		{"resource", s.Resource, []string{"ckan", "udata"}, false},
		{"table", s.Table, []string{"postgis"}, true},
	}
}

// variable is the name of an environment variable: a catalogue that anybody may
// read holds no password.
var variable = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// shortest is how often a source may be looked at.
const shortest = 10 * time.Second

func (c *checker) source(s Source) {
	var given []string
	for _, p := range s.places() {
		if p.value == "" {
			continue
		}
		given = append(given, p.key)
		local := p.key == "file" || p.key == "folder" || p.key == "postgis" || p.key == "pmtiles" && !isURL(p.value)
		if !local {
			c.httpURL(p.value, "source", p.key)
		}
	}
	switch {
	case len(given) > 1:
		c.note([]string{"source"}, "source: %s exclude each other", strings.Join(given, " and "))
		return
	case len(given) == 0:
		c.note([]string{"source"}, "source: file, url or another place is missing")
		return
	}
	if only := (Source{PMTiles: s.PMTiles, Private: s.Private}); s.PMTiles != "" && !reflect.DeepEqual(s, only) {
		c.note([]string{"source"}, "source: pmtiles stands alone; an archive is not read as features are")
	}
	for _, d := range s.details() {
		switch belongs := slices.Contains(d.places, given[0]); {
		case belongs && d.needed && d.value == "":
			c.note([]string{"source"}, "source: %s goes with %s, and is missing", d.key, given[0])
		case !belongs && d.value != "":
			c.note([]string{"source", d.key}, "source.%s: goes with %s, not with %s", d.key, strings.Join(d.places, ", "), given[0])
		}
	}
	c.oneOf("take", s.Take, TakeNewest, TakeAll)
	c.oneOf("export", s.Export, "geojson", "parquet", "csv")
	if s.PostGIS != "" && !variable.MatchString(s.PostGIS) {
		c.note([]string{"source", "postgis"}, "source.postgis: the name of an environment variable that holds the URL is expected, as PUY_SOURCE_VOIRIE")
	}
	if s.Every != 0 && time.Duration(s.Every) < shortest {
		c.note([]string{"source", "every"}, "source.every: a duration of %v or more is expected, as 24h, or hourly, daily, weekly, monthly", shortest)
	}
	if key, err := s.reading(); err != nil {
		c.note([]string{"source", key}, "source.%s: %v", key, err)
	}
}

func (c *checker) oneOf(key, value string, known ...string) {
	if value != "" && !slices.Contains(known, value) {
		c.note([]string{"source", key}, "source.%s: one of %s is expected", key, strings.Join(known, ", "))
	}
}
