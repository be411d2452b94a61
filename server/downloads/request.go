package downloads

import (
	"net/http"
	"strconv"
	"strings"
	"time"

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
func read(p *answer.Params, d *store.Dataset, f format.Format) (*request, error) {
	q := &request{dataset: d, params: p, chosen: selection.Read(p, d)}
	q.query = q.chosen.Query
	transfer.CheckCRS(p, f, q.chosen.CRS)
	q.query.Sort = selection.ReadSort(p, d)
	fields := selection.ReadFields(p, d)
	q.query.Fields, q.query.NoGeometry = fields.Names, fields.NoGeometry
	schema := fields.Layer(&d.Current.Schema)
	q.job = transfer.Job{Format: f, Layer: transfer.Layer(d, schema)}
	q.job.Layer.CRS, q.job.Convert = transfer.Coordinates(&schema, q.chosen.CRS)
	if q.chosen.Key == "" {
		q.job.Layer.Count = d.Current.Rows
	}
	return q, p.Done()
}

// Parameters gives the names of all that a download takes, but for those of fields.
func Parameters() []string {
	return append(selection.Parameters(), "asof", "sortby", "properties", "exclude-properties", "skipGeometry")
}

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
	if !q.whole() || q.query.Fields != nil || q.query.NoGeometry {
		name += "_extrait"
	}
	return name + q.job.Format.Extensions[0]
}
