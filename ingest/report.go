package ingest

import (
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/ingest/gate"
	"puy/store"
)

// Severity says what an entry of a report does to the version.
type Severity string

// Errors leave their row out, and stop the version unless so many are
// accepted; warnings do neither.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Entry is one problem with its sentence.
type Entry struct {
	geo.Problem
	Severity Severity      `json:"severity"`
	Message  geo.Localized `json:"message"`
	// Fix is the value that should stand there, where that is certain.
	Fix string `json:"fix,omitempty"`
	// Position is where the feature begins: longitude, latitude on WGS 84.
	Position *[2]float64 `json:"position,omitempty"`
}

// Report says what ingest found in a source, and what became of it.
type Report struct {
	Dataset   string           `json:"dataset,omitempty"`
	Source    string           `json:"source"`
	Checksum  string           `json:"checksum"` // SHA-256 of the file, hexadecimal
	Format    string           `json:"format"`
	Layer     string           `json:"layer,omitempty"`
	Encoding  string           `json:"encoding,omitempty"`
	Delimiter string           `json:"delimiter,omitempty"`
	CRS       string           `json:"crs,omitempty"`
	Geometry  geo.GeometryType `json:"geometry"`
	HasZ      bool             `json:"hasZ,omitempty"`
	Fields    []ReportField    `json:"fields"`
	Schema    *ReportSchema    `json:"schema,omitempty"` // what the rows were checked against
	// Fits is the schema that the header fits, where the dataset names none.
	Fits *FittingSchema `json:"fits,omitempty"`

	Found *Findings `json:"found,omitempty"` // by a dry run alone

	Rows     int64              `json:"rows"`     // read
	Rejected int64              `json:"rejected"` // rows with errors
	Errors   int64              `json:"errors"`
	Warnings int64              `json:"warnings"`
	Rules    map[geo.Rule]int64 `json:"rules,omitempty"`
	// Problems are the first of them, at most MaxEntries; Errors and Warnings
	// count them all, and an Observer is told all.
	Problems []Entry `json:"problems,omitempty"`

	Started time.Time        `json:"started"`
	Seconds float64          `json:"seconds"`
	Gate    *gate.Verdict    `json:"gate,omitempty"`    // of what was loaded
	Version *catalog.Version `json:"version,omitempty"` // nil where nothing was loaded
	Skipped bool             `json:"skipped,omitempty"` // source and declaration are those of the current version
	Held    bool             `json:"held,omitempty"`    // it waits for a person, for it has less than half the rows of before
	Reason  store.Reason     `json:"reason,omitempty"`  // why nothing was loaded, where the kind of the error does not say it all
	// Archive: the source is an archive of tiles, which is served as it is. Tiles is 0
	// where it does not tell how many it has.
	Archive bool  `json:"archive,omitempty"`
	Tiles   int64 `json:"tiles,omitempty"`
}

// ReportField is a field as it was found.
type ReportField struct {
	Name string        `json:"name"`
	Type geo.FieldType `json:"type"`
}

// MaxEntries bounds Report.Problems.
const MaxEntries = 1000

// ReportSchema is the national or local schema that rows were checked against.
type ReportSchema struct {
	Name     string `json:"name"`
	Version  string `json:"version,omitempty"`
	Source   string `json:"source,omitempty"` // the address or file that it was read from; empty for one that comes with puy
	Checksum string `json:"checksum"`         // SHA-256, hexadecimal
	Faults   int64  `json:"faults"`           // what did not conform, whether it was let pass or not
}

// FittingSchema is a schema that comes with puy and that a header fits.
type FittingSchema struct {
	Name    string        `json:"name"`              // as catalogue files name it
	Missing []string      `json:"missing,omitempty"` // required columns that the file lacks
	Message geo.Localized `json:"message"`
}

// put notes one problem; the caller counts rejected rows.
func (r *Report) put(e Entry) Entry {
	e.Value = geo.ClipValue(e.Value)
	if e.Severity == Error {
		r.Errors++
	} else {
		r.Warnings++
	}
	if r.Rules == nil {
		r.Rules = map[geo.Rule]int64{}
	}
	r.Rules[e.Rule]++
	if len(r.Problems) < MaxEntries {
		r.Problems = append(r.Problems, e)
	}
	return e
}

// Progress is how far a load is.
type Progress struct {
	Phase       Phase
	Rows        int64
	Done, Total int64 // bytes of the source; Total is 0 where it is not known
}

// Phase is a part of a load.
type Phase string

// The phases, in their order.
const (
	Fetching  Phase = "fetch"  // the source is being downloaded
	Detecting Phase = "detect" // format, schema and types are being found
	Loading   Phase = "load"   // rows are read, checked and stored
	Finishing Phase = "finish" // the store indexes, compares and switches
)

// Observer is told what happens during a load, from one goroutine at a time.
type Observer interface {
	Progress(Progress)
	Problem(Entry)
}

// silent is the Observer of nobody.
type silent struct{}

func (silent) Progress(Progress) {}
func (silent) Problem(Entry)     {}
