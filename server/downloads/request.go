package downloads

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"puy/geo"
	"puy/geo/format"
	"puy/server/answer"
	"puy/server/selection"
	"puy/server/transfer"
	"puy/store"
)

// request is a question for a file, understood.
type request struct {
	dataset *store.Dataset
	chosen  selection.Selection
	query   store.Query
	params  *answer.Params
	job     transfer.Job // without Features
}

// read reads the parameters of a download.
func read(w http.ResponseWriter, r *http.Request, d *store.Dataset, f format.Format) (*request, error) {
	p := answer.ReadParams(w, r)
	q := &request{dataset: d, params: p, chosen: selection.Read(p, d)}
	q.query = q.chosen.Query
	transfer.CheckCRS(p, f, q.chosen.CRS)
	schema := d.Current.Schema
	if fields, ok := readProperties(p, &schema); ok {
		q.query.Fields = fields
		schema = narrowed(schema, fields)
	}
	q.job = transfer.Job{Format: f, Layer: transfer.Layer(d, schema)}
	q.job.Layer.CRS, q.job.Convert = transfer.Coordinates(&schema, q.chosen.CRS)
	if q.chosen.Key == "" {
		q.job.Layer.Count = d.Current.Rows
	}
	return q, p.Done()
}

// readProperties reads the names of the fields that are wanted. None is an empty
// list that is not nil.
func readProperties(p *answer.Params, schema *geo.Schema) (fields []string, ok bool) {
	text, ok := p.Text("properties")
	if !ok {
		return nil, false
	}
	fields = []string{}
	for name := range strings.SplitSeq(text, ",") {
		switch {
		case name == "":
		case schema.Index(name) < 0:
			p.Reject("properties", text, "names the field "+strconv.Quote(geo.ClipValue(name))+", which there is not")
			return nil, false
		case !slices.Contains(fields, name):
			fields = append(fields, name)
		}
	}
	if len(fields) == 0 {
		p.Reject("properties", text, "must name a field")
		return nil, false
	}
	return fields, true
}

// narrowed gives schema with the named fields alone, in their order.
func narrowed(schema geo.Schema, names []string) geo.Schema {
	fields := make([]geo.Field, len(names))
	for i, name := range names {
		fields[i] = schema.Fields[schema.Index(name)]
	}
	schema.Fields = fields
	if !slices.Contains(names, schema.Key) {
		schema.Key = ""
	}
	return schema
}

// Parameters gives the names of all that a download takes, but for those of fields.
func Parameters() []string { return append(selection.Parameters(), "properties") }

// whole tells whether all features are wanted, with whatever fields.
func (q *request) whole() bool { return q.chosen.Key == "" }

// tag names what the answer is made of.
func (q *request) tag(r *http.Request) string {
	return answer.Tag(r, q.dataset.ID, q.dataset.Current.Tag(), q.job.Format.Name, q.params.Query().Encode())
}

// head sets the headers that are known before any work.
func (q *request) head(h http.Header) {
	transfer.Head(h, q.job.Format)
	h.Set("Content-Disposition", `attachment; filename="`+q.name()+`"`) // ids and extensions are ASCII
	h.Set("Accept-Ranges", "none")
	h.Set("Last-Modified", q.dataset.Current.Updated().UTC().Format(http.TimeFormat))
	if q.whole() {
		h.Set("OGC-NumberMatched", strconv.FormatInt(q.dataset.Current.Rows, 10))
	}
}

// name gives the file a name that tells where it is from: the dataset, the day
// and number of its version, the CRS where it is not the usual one, and whether it
// is a part.
func (q *request) name() string {
	name := q.dataset.ID + "_" + q.dataset.Current.Updated().UTC().Format(time.DateOnly) + "_v" + strconv.FormatInt(q.dataset.Current.Number, 10)
	if q.chosen.CRS != nil {
		name += "_" + strings.ToLower(strings.ReplaceAll(q.chosen.CRS.System.Code.String(), ":", ""))
	}
	if !q.whole() || q.query.Fields != nil {
		name += "_extrait"
	}
	return name + q.job.Format.Extensions[0]
}
