package downloads

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"puy/geo"
	"puy/geo/format"
	"puy/server/answer"
	"puy/server/live"
	"puy/server/selection"
	"puy/server/transfer"
	"puy/store"
)

// Root is where downloads stand.
const Root = "/downloads"

// countPatience is how long it may take to count what a file should have.
const countPatience = 5 * time.Second

// Rows is what downloads need of a store.
type Rows interface {
	selection.History
	Features(ctx context.Context, id string, q store.Query) iter.Seq2[*geo.Feature, error]
	Count(ctx context.Context, id string, q store.Query, atMost int64) (n int64, exact bool, err error)
}

// Options say what surrounds the downloads.
type Options struct {
	// Heavy surrounds the making of files; nil for nothing.
	Heavy func(http.Handler) http.Handler
	Log   *slog.Logger // nil: slog.Default
}

// Downloads answers under Root. It is safe for use by many goroutines.
type Downloads struct {
	view func() *live.View
	rows Rows
	desk *transfer.Desk
	opt  Options
}

// New makes the downloads of the catalogue that view gives and the rows of a store.
func New(view func() *live.View, rows Rows, desk *transfer.Desk, opt Options) *Downloads {
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	return &Downloads{view: view, rows: rows, desk: desk, opt: opt}
}

// Mount adds the downloads to the root of r.
func (d *Downloads) Mount(r chi.Router) {
	r.Method(http.MethodGet, Root+"/{file}", answer.Handler(d.file))
	r.Method(http.MethodHead, Root+"/{file}", answer.Handler(d.file))
}

// Path gives the address of a dataset's file below the public URL.
func Path(id string, f format.Format) string { return Root + "/" + id + "." + f.Name }

// file answers with a file, made while it is sent.
func (d *Downloads) file(w http.ResponseWriter, r *http.Request) error {
	name, err := answer.PathText(r, "file")
	if err != nil {
		return err
	}
	id, wanted, _ := strings.Cut(name, ".") // an id has no dot
	dataset, ok := d.view().Lookup(id)
	removed := d.view().Removed(id)
	switch {
	case removed != nil:
		return removed
	case !ok:
		return answer.Refusal(http.StatusNotFound, "dataset", "name", geo.ClipValue(id))
	case dataset.Source.IsArchive():
		return geo.Errorf(geo.KindNotFound, "%s is an archive of tiles and has no features to download", dataset.ID)
	case dataset.Current == nil:
		return geo.Errorf(geo.KindNotFound, "%s has no data yet", dataset.ID)
	}
	p := answer.ReadParams(w, r)
	if dataset.ID == id {
		if err := selection.ReadAsOf(r.Context(), p, d.rows, &dataset); err != nil {
			return err
		}
	}
	f, ok := transfer.Lookup(wanted)
	if !ok || !transfer.Suits(f, &dataset.Current.Schema) {
		return answer.Refusal(http.StatusNotFound, "download", "name", geo.ClipValue(name), "list", strings.Join(files(&dataset), ", "))
	}
	if dataset.ID != id {
		to := answer.URL(r, Path(dataset.ID, f))
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, to, http.StatusMovedPermanently)
		return nil
	}
	q, err := read(p, &dataset, f)
	if err != nil {
		return err
	}
	q.head(w.Header())
	if answer.NotModified(w, r, q.tag(r), answer.Revalidate) || answer.NotModifiedSince(w, r, q.dataset.Current.Updated()) {
		return nil
	}
	if r.Method == http.MethodHead {
		return nil
	}
	var send http.Handler = answer.Handler(func(w http.ResponseWriter, r *http.Request) error { return d.send(w, r, q) })
	if d.opt.Heavy != nil {
		send = d.opt.Heavy(send)
	}
	send.ServeHTTP(w, r)
	return nil
}

// files names the files that there are of a dataset.
func files(dataset *store.Dataset) []string {
	var names []string
	for _, f := range transfer.FormatsOf(&dataset.Current.Schema) {
		names = append(names, dataset.ID+"."+f.Name)
	}
	return names
}

// send streams the file of q.
func (d *Downloads) send(w http.ResponseWriter, r *http.Request, q *request) error {
	ctx := r.Context()
	job := q.job
	job.Features = d.rows.Features(ctx, q.dataset.ID, q.query)
	job.Check = func(written int64) error { return d.check(ctx, q, written) }
	return d.desk.Stream(w, r, &job)
}

// check compares the number of features in a file with what the store counts.
// Where that takes long, or the dataset is being edited, there is no number to
// compare with.
func (d *Downloads) check(ctx context.Context, q *request, written int64) error {
	if q.whole() && written == q.dataset.Current.Rows {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, countPatience)
	defer cancel()
	there, exact, err := d.rows.Count(limited, q.dataset.ID, q.query, 0)
	switch {
	case err == nil && exact && there == written, err != nil && ctx.Err() == nil && limited.Err() != nil:
		return nil
	case err != nil:
		return err
	}
	if now, ok := d.view().Lookup(q.dataset.ID); !ok || now.Current == nil || now.Current.Tag() != q.dataset.Current.Tag() {
		d.opt.Log.Info("a dataset changed while it was downloaded", "dataset", q.dataset.ID, "written", written, "counted", there)
		return nil
	}
	return geo.Errorf(geo.KindInternal, "%d features of version %d of %s were written, and there are %d", written, q.query.Version, q.dataset.ID, there)
}
