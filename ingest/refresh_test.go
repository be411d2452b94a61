package ingest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/ingest"
	"puy/ingest/schedule"
	"puy/ingest/source"
	"puy/store"
)

// remembering is a store that remembers refreshes.
type remembering interface {
	store.Store
	ingest.Refreshes
}

// publication is a file on a server, with an ETag, that changes.
type publication struct {
	rows   atomic.Int32
	status atomic.Int32
	bodies atomic.Int32 // how often it was sent
}

func (p *publication) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := int(p.rows.Load())
	tag := fmt.Sprintf(`"%d"`, n)
	w.Header().Set("ETag", tag)
	switch {
	case p.status.Load() != 0:
		w.WriteHeader(int(p.status.Load()))
	case r.Header.Get("If-None-Match") == tag:
		w.WriteHeader(http.StatusNotModified)
	default:
		p.bodies.Add(1)
		io.WriteString(w, "id,nom\n")
		for i := range n {
			fmt.Fprintf(w, "%d,n\n", i)
		}
	}
}

// TestRefresh goes through the life of a source that is looked at every day.
func TestRefresh(t *testing.T) {
	st := openStore(t).(remembering)
	p := &publication{}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	d := catalog.Dataset{ID: "d", Title: geo.Localized{FR: "D"}, Key: "id", Source: catalog.Source{URL: server.URL + "/d.csv", Every: catalog.Every(24 * time.Hour)}}
	for _, step := range []struct {
		name         string
		rows, status int32
		edit         func(d *catalog.Dataset, opt *ingest.ApplyOptions)
		bodies       int32 // sent by then, in all
		version      int64 // that is served
		failures     int
		text         string // of the error
		held         bool
		next         time.Duration // to the next, less a tenth of it for chance
	}{
		{"the first", 10, 0, nil, 1, 1, 0, "", false, 24 * time.Hour},
		{"nothing new", 10, 0, nil, 1, 1, 0, "", false, 24 * time.Hour},
		{"more rows", 12, 0, nil, 2, 2, 0, "", false, 24 * time.Hour},
		{"a server that is away", 12, 404, nil, 2, 2, 1, "404", false, 5 * time.Minute},
		{"still away", 12, 404, nil, 2, 2, 2, "404", false, 10 * time.Minute},
		{"back, as before", 12, 0, nil, 2, 2, 0, "", false, 24 * time.Hour},
		{"read otherwise", 12, 0, func(d *catalog.Dataset, _ *ingest.ApplyOptions) {
			d.Fields = []catalog.Field{{Name: "id", Type: geo.TypeText}}
		}, 3, 3, 0, "", false, 24 * time.Hour},
		{"shown otherwise", 12, 0, func(d *catalog.Dataset, _ *ingest.ApplyOptions) {
			d.Fields = []catalog.Field{{Name: "id", Type: geo.TypeText}}
			d.Theme = "t"
		}, 3, 3, 0, "", false, 24 * time.Hour},
		{"an empty file", 0, 0, nil, 4, 3, 1, "no row", false, 5 * time.Minute},
		{"less than half", 5, 0, nil, 5, 3, 0, "only 5 rows", true, 24 * time.Hour},
		{"the same again", 5, 0, nil, 6, 3, 0, "only 5 rows", true, 24 * time.Hour},
		{"accepted", 5, 0, func(_ *catalog.Dataset, opt *ingest.ApplyOptions) { opt.AcceptShrink = true }, 7, 4, 0, "", false, 24 * time.Hour},
		{"half is enough", 3, 0, nil, 8, 5, 0, "", false, 24 * time.Hour},
	} {
		p.rows.Store(step.rows)
		p.status.Store(step.status)
		d, opt := d, ingest.ApplyOptions{Refreshes: st, Fetch: source.Options{Private: true, Attempts: 1}}
		if step.version >= 3 {
			d.Fields = []catalog.Field{{Name: "id", Type: geo.TypeText}}
		}
		if step.edit != nil {
			step.edit(&d, &opt)
		}
		began := time.Now()
		r, err := ingest.Refresh(t.Context(), st, d, opt)
		state, stateErr := st.Refresh(t.Context(), "d")
		now, storeErr := st.Dataset(t.Context(), "d")
		if stateErr != nil || storeErr != nil || now.Current == nil {
			t.Fatal(step.name, err, stateErr, storeErr)
		}
		if (err != nil) != (step.text != "") || err != nil && (!strings.Contains(err.Error(), step.text) || state.Error != err.Error()) {
			t.Errorf("%s: %v; %q", step.name, err, state.Error)
		}
		reasons := map[string]store.Reason{"a server that is away": store.ReasonUnavailable, "still away": store.ReasonUnavailable, "an empty file": store.ReasonEmpty,
			"less than half": store.ReasonShrunk, "the same again": store.ReasonShrunk}
		if state.Reason != reasons[step.name] {
			t.Errorf("%s: the reason is %q; want %q", step.name, state.Reason, reasons[step.name])
		}
		if now.Current.Number != step.version || p.bodies.Load() != step.bodies || state.Failures != step.failures || (state.Held != nil) != step.held || r.Held != step.held {
			t.Errorf("%s: version %d after %d downloads, %+v", step.name, now.Current.Number, p.bodies.Load(), state)
		}
		if wait := state.Next.Sub(began); wait < step.next*9/10 || wait > step.next*11/10 {
			t.Errorf("%s: the next is in %v, not %v", step.name, wait, step.next)
		}
		if step.held && state.Held.Rows != 5 || now.Theme != d.Theme {
			t.Errorf("%s: %+v, theme %q", step.name, state.Held, now.Theme)
		}
	}
}

// What people have edited in place is not undone by a schedule.
func TestRefreshKeepsEdits(t *testing.T) {
	st := openStore(t).(remembering)
	p := &publication{}
	p.rows.Store(2)
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	d := catalog.Dataset{ID: "d", Title: geo.Localized{FR: "D"}, Key: "id", Editable: true, Source: catalog.Source{URL: server.URL + "/d.csv", Every: catalog.Every(time.Hour)}}
	refresh := func(holder string, accept bool) (*ingest.Report, error) {
		if holder != "" {
			if _, claimed, err := st.(schedule.Store).ClaimRefresh(t.Context(), "d", holder, time.Hour); err != nil || !claimed {
				t.Fatal(claimed, err)
			}
		}
		r, err := ingest.Refresh(t.Context(), st, d, ingest.ApplyOptions{Refreshes: st, Holder: holder, AcceptShrink: accept, Fetch: source.Options{Private: true}})
		if put := st.PutRefresh(t.Context(), store.Refresh{Dataset: "d"}, ""); put != nil { // due at once, and the source is read again
			t.Fatal(put)
		}
		return r, err
	}
	if _, err := refresh("a", false); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Edit(t.Context(), "d", []store.Edit{{Kind: store.Delete, Feature: geo.Feature{ID: "0"}}}); err != nil {
		t.Fatal(err)
	}
	if r, err := refresh("a", false); err != nil || !r.Skipped {
		t.Errorf("a source as it was: %+v, %v", r, err)
	}
	p.rows.Store(3)
	if r, err := refresh("a", false); geo.KindOf(err) != geo.KindConflict || !r.Held {
		t.Errorf("a source that has changed: %+v, %v", r, err)
	}
	if r, err := refresh("", true); err != nil || r.Version.Rows != 3 {
		t.Errorf("accepted: %+v, %v", r, err)
	}
}

// What an entry accepts holds for refreshes that nobody asks for as well.
func TestRefreshObeysAcceptErrors(t *testing.T) {
	st := openStore(t).(remembering)
	file := filepath.Join(t.TempDir(), "d.csv")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("id,n\na,1\nb,2\nc,3\na,4\n") // the last has the key of the first
	d := catalog.Dataset{ID: "d", Title: geo.Localized{FR: "D"}, Key: "id", Source: catalog.Source{File: file, Every: catalog.Every(time.Hour)}}
	for _, step := range []struct {
		accept  catalog.Share
		option  float64
		reason  store.Reason
		version int64
	}{
		{0.2, 0, store.ReasonRows, 0},
		{0.25, 0, "", 1},
		{0.25, 0.1, "", 1}, // nothing new is not judged again
	} {
		d.AcceptErrors = step.accept
		r, err := ingest.Refresh(t.Context(), st, d, ingest.ApplyOptions{Refreshes: st, Options: ingest.Options{AcceptErrors: step.option}})
		state, stateErr := st.Refresh(t.Context(), "d")
		now, storeErr := st.Dataset(t.Context(), "d")
		if stateErr != nil || storeErr != nil {
			t.Fatal(stateErr, storeErr)
		}
		version := int64(0)
		if now.Current != nil {
			version = now.Current.Number
		}
		if (err != nil) != (step.reason != "") || state.Reason != step.reason || version != step.version || now.AcceptErrors != step.accept {
			t.Errorf("accepting %v: %v, reason %q, version %d, entry %v", step.accept, err, state.Reason, version, now.AcceptErrors)
		}
		if step.version == 1 && now.Current.Rows != 3 {
			t.Errorf("%d rows were published, %d left out", now.Current.Rows, r.Rejected)
		}
	}
	write("id,n\na,1\nb,2\nc,3\na,4\nb,5\n")
	if _, err := ingest.Refresh(t.Context(), st, d, ingest.ApplyOptions{Refreshes: st}); err == nil {
		t.Error("two rows of five pass where a quarter is accepted")
	}
	if _, err := ingest.Refresh(t.Context(), st, d, ingest.ApplyOptions{Refreshes: st, Options: ingest.Options{AcceptErrors: 0.5}}); err != nil {
		t.Errorf("what is asked for by hand does not overrule the entry: %v", err)
	}
}
