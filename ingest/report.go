package ingest

import (
	"time"

	"puy/catalog"
	"puy/geo"
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
	Version *catalog.Version `json:"version,omitempty"` // nil where nothing was loaded
	Skipped bool             `json:"skipped,omitempty"` // source and declaration are those of the current version
	Held    bool             `json:"held,omitempty"`    // it waits for a person, for it has less than half the rows of before
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

// add notes one problem; the caller counts rejected rows.
func (r *Report) add(p geo.Problem, s Severity) Entry {
	p.Value = geo.ClipValue(p.Value)
	e := Entry{Problem: p, Severity: s, Message: Sentence(p)}
	if s == Error {
		r.Errors++
	} else {
		r.Warnings++
	}
	if r.Rules == nil {
		r.Rules = map[geo.Rule]int64{}
	}
	r.Rules[p.Rule]++
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
