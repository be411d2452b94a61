package format

import (
	"context"
	"fmt"
	"io"

	"puy/geo"
	"puy/geo/crs"
)

// Format is one file format.
type Format struct {
	Name       string   // the name in f= and --format, as "geojson"
	Title      string   // the name for people, as "GeoJSON"
	MediaType  string   //
	Extensions []string // lower case, with the dot, the usual one first

	// Detect tells whether a file that starts with head (decompressed, at most
	// 64 KiB) is of this format. Name is the file's name in lower case, without
	// ".gz". Formats are asked in the order of known.Formats.
	Detect func(name string, head []byte) bool

	// Holds tells whether a zip archive with these entries is a file of this
	// format; nil for formats that are not archives.
	Holds func(names []string) bool

	// Open finds the schema of one layer of src and gives a Reader at its first
	// feature. The Reader uses src but does not close it. It is nil for formats
	// that puy only writes.
	Open func(ctx context.Context, src *Source, opt Options) (Reader, error)

	// Layers lists the layers of src; nil for formats that have just one.
	Layers func(ctx context.Context, src *Source) ([]string, error)

	// NewWriter gives a Writer of one layer to w; nil for formats that puy only reads.
	NewWriter func(w io.Writer, layer Layer) (Writer, error)
	// SpatialOnly tells that a layer without geometry cannot be written.
	SpatialOnly bool
	// Filtered tells that Options.Tags says which features of a file are meant.
	Filtered bool
	// LonLatOnly tells that coordinates can be longitude, latitude on WGS 84 alone.
	LonLatOnly bool
}

// Options overrule what a Reader would find by itself. Zero values mean: find it.
type Options struct {
	Layer     string                   // which layer, by name, of a file with several
	CRS       crs.Code                 // the CRS of the coordinates; overrules the file
	Encoding  string                   // "utf-8", "utf-16", "windows-1252" …
	Delimiter rune                     // of CSV
	Decimal   rune                     // of CSV: '.' or ','
	Header    string                   // of CSV: HeaderFirst, HeaderNone
	Geometry  string                   // the column that holds the geometry, or NoGeometryColumn
	X, Y      string                   // the columns of longitude or easting, and latitude or northing
	Types     map[string]geo.FieldType // declared types by field name
	Tags      []string                 // of OpenStreetMap: which elements, as "highway=cycleway"; see osmpbf/tagfilter
}

// What Options.Header says of the first line of a table.
const (
	HeaderFirst = "first" // it holds the names of the columns
	HeaderNone  = "none"  // it holds values: the columns have numbers
)

// NoGeometryColumn as Options.Geometry makes a Reader look for no geometry.
const NoGeometryColumn = "none"

// Layer describes what a Reader gives and what a Writer takes.
type Layer struct {
	Name   string
	Schema geo.Schema
	// CRS is that of the coordinates, which are always in the order x, y
	// (longitude, latitude; easting, northing), whatever the authority says.
	// Zero means that the file does not tell.
	CRS   crs.Code
	Count int64 // the number of rows, or -1 where it is not known

	// How the file was read, for the report; empty where it does not apply.
	Encoding  string
	Delimiter string
	// Bounds of all features in CRS, empty where not known.
	Bounds geo.Bounds
	// HasIDs tells that every row has an id of its own outside the fields.
	HasIDs bool
	// Time names the date or date-time field that tells when a feature is, or is empty.
	Time string
	// TempDir is the folder for what a Writer cannot write at once; empty is the
	// system's. Whoever names one removes it.
	TempDir string
	// Exact asks a Writer for coordinates with all their digits and for rings as they
	// run, where its format has room for that, instead of what is usual for clients.
	Exact bool
	// Warnings tells what is odd about the file as a whole (Row is 0) and stops
	// nothing, as text that was decoded twice.
	Warnings []geo.Problem
	// Trail says how a Reader came to the above, where it had to find it.
	Trail Trail
}

// Trail is what a Reader went by, for people to judge and to overrule.
type Trail struct {
	BOM        bool                // the text begins with a byte order mark
	Header     int                 // the line, 1 is the first, that holds the names of the columns; 0 where there is none
	Geometry   []string            // the columns that hold the geometry, x before y
	Pairs      bool                // they are one column with two numbers in a cell
	YFirst     bool                // of pairs: the first number is the latitude or northing
	CRSGuessed bool                // by nothing but the size of the coordinates
	Notations  map[string]Notation // how the cells of a field spell values, of formats whose cells are text
}

// Reader gives the features of one layer in the order of the file.
type Reader interface {
	Layer() Layer
	// Read sets f to the next row: FID to its number in the file (1 is the
	// first), ID where the format has one, Geometry, and Values in the order
	// of the schema (reusing the slice).
	//
	// io.EOF ends the file. A *BadRow tells that this row cannot be accepted;
	// the next call gives the next row. Any other error is final.
	Read(f *geo.Feature) error
	// Offset tells how many bytes of how many were read, for progress.
	Offset() (done, total int64)
	Close() error
}

// Writer takes the features of one layer. Values are in the order of the
// layer's schema. Close completes the file; it does not close the io.Writer.
// A Writer that has a Discard method can be thrown away by it instead.
type Writer interface {
	Write(f *geo.Feature) error
	Close() error
}

// Sized is an io.Writer that wants to know how long a file is before its first
// byte, where the format's Writer knows.
type Sized interface {
	SetSize(bytes int64)
}

// Announce tells w the size of what will be written to it, if it is Sized.
func Announce(w io.Writer, bytes int64) {
	if s, ok := w.(Sized); ok {
		s.SetSize(bytes)
	}
}

// Discard ends w without completing its file, where w can do that, and gives
// false where only Close frees what it holds.
func Discard(w Writer) bool {
	d, ok := w.(interface{ Discard() })
	if ok {
		d.Discard()
	}
	return ok
}

// Unselected is the error of Open for a file that holds features of many sorts where
// Options do not say which are meant.
type Unselected struct {
	Err  *geo.Error // says so, with an example
	Tags []TagCount // the most frequent ones of the file, the first is the most frequent
}

// TagCount tells how many features have a tag, as "highway=cycleway".
type TagCount struct {
	Tag   string `json:"tag"`
	Count int64  `json:"count"`
}

// Error gives the sentence of Err.
func (e *Unselected) Error() string { return e.Err.Error() }

// Unwrap gives Err.
func (e *Unselected) Unwrap() error { return e.Err }

// BadRow is a row that cannot be read, with all that is wrong in it.
type BadRow struct {
	Problems []geo.Problem
}

// Error gives the first problem.
func (e *BadRow) Error() string {
	p := e.Problems[0]
	return fmt.Sprintf("row %d: %s %s %s", p.Row, p.Column, p.Rule, p.Detail)
}
