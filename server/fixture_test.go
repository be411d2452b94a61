package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
	"puy/server/live"
	"puy/server/portal"
	"puy/store"
)

// stationCount is how many stations the fixture has; every fiftieth has no geometry.
const stationCount = 250

// row makes a feature at x, y; without coordinates it has no geometry.
func row(t testing.TB, id string, values []geo.Value, xy ...float64) *geo.Feature {
	t.Helper()
	f := &geo.Feature{ID: id, Values: values}
	if len(xy) > 0 {
		g, err := geo.NewGeometry(geom.NewPointFlat(geom.XY, xy))
		if err != nil {
			t.Fatal(err)
		}
		f.Geometry = g
	}
	return f
}

// load puts a dataset into s and, unless schema is nil, one version of it.
func load(t testing.TB, s store.Store, d catalog.Dataset, schema *geo.Schema, rows []*geo.Feature) {
	t.Helper()
	ctx := t.Context()
	if err := s.PutDataset(ctx, d); err != nil {
		t.Fatal(err)
	}
	if schema == nil {
		return
	}
	l, err := s.Begin(ctx, d.ID, store.LoadSpec{Schema: *schema, Source: d.ID + ".csv", Keyed: schema.Key != "", Time: d.Time})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Abort()
	for i, f := range rows {
		f.FID = int64(i + 1)
		if err := l.Write(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	if schema.Key != "" {
		if n, _, err := l.Duplicates(ctx, 1); n != 0 || err != nil {
			t.Fatal("duplicates in the fixture:", n, err)
		}
	}
	if _, err := l.Commit(ctx, store.Outcome{Report: json.RawMessage(`{}`)}); err != nil {
		t.Fatal(err)
	}
}

func stationSchema() *geo.Schema {
	return &geo.Schema{Geometry: geo.GeometryPoint, Key: "code", Fields: []geo.Field{
		{Name: "code", Type: geo.TypeText, Title: geo.Localized{FR: "Code", EN: "Code"}},
		{Name: "rang", Type: geo.TypeInteger},
		{Name: "pm10", Type: geo.TypeNumber, Title: geo.Localized{FR: "PM10", EN: "PM10"}, Unit: "ug/m3"},
		{Name: "ouvert", Type: geo.TypeBoolean},
		{Name: "service", Type: geo.TypeDate},
		{Name: "mesure", Type: geo.TypeDateTime},
		{Name: "polluants", Type: geo.TypeTextArray},
		{Name: "détail", Type: geo.TypeJSON},
		{Name: "type de voie", Type: geo.TypeText},
	}}
}

// stations gives points on a line of longitude 3 to 3.25, one measured each
// day of 2024 from 1 January on.
func stations(t testing.TB) []*geo.Feature {
	var rows []*geo.Feature
	day := time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC)
	for i := range stationCount {
		id := fmt.Sprintf("S%03d", i)
		switch i {
		case 7:
			id = "a/b c"
		case 8:
			id = "été?#100%"
		}
		values := []geo.Value{geo.Text(id), geo.Integer(int64(i % 10)), geo.Number(float64(i) / 4), geo.Boolean(i%2 == 0),
			geo.Date(day.Unix()/86400 + int64(i)), geo.DateTime(day.AddDate(0, 0, i)), geo.TextArray([]string{"no2", strconv.Itoa(i % 3)}),
			geo.JSON(`{"a":[1]}`), geo.Text("Rue")}
		if i%25 == 24 {
			values[5], values[8] = geo.Value{}, geo.Value{}
		}
		if i%50 == 49 {
			rows = append(rows, row(t, id, values))
			continue
		}
		rows = append(rows, row(t, id, values, 3+float64(i)/1000, 45.75))
	}
	return rows
}

// fill loads the fixture: five datasets that a client sees, one without a
// version and one that is internal.
func fill(t testing.TB, s store.Store) {
	t.Helper()
	err := s.PutPortal(t.Context(), catalog.Portal{Title: geo.Localized{FR: "Données du Puy", EN: "Data of the Puy"}, Languages: []string{"fr", "en"},
		Publishers: map[string]catalog.Publisher{"metropole": {Name: "Métropole", URL: "https://metropole.example/"}}})
	if err != nil {
		t.Fatal(err)
	}
	load(t, s, catalog.Dataset{ID: "stations", Aliases: []string{"anciennes-stations"}, Title: geo.Localized{FR: "Stations de mesure", EN: "Air stations"},
		Description: geo.Localized{FR: "Les stations."}, Publisher: "metropole", Licence: "lov2", Key: "code", Time: "mesure", Keywords: []string{"air"},
		Tiles: catalog.Tiles{KeepAll: true}},
		stationSchema(), stations(t))

	name := geo.Field{Name: "nom", Type: geo.TypeText}
	load(t, s, catalog.Dataset{ID: "iles", Title: geo.Localized{FR: "Îles"}},
		&geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{name}}, []*geo.Feature{
			row(t, "", []geo.Value{geo.Text("ouest")}, 179.5, -16), row(t, "", []geo.Value{geo.Text("est")}, -179.5, -17),
			row(t, "", []geo.Value{geo.Text("loin")}, 0, -16.5)})

	var contracts []*geo.Feature
	for i := range 12 {
		contracts = append(contracts, row(t, fmt.Sprintf("M-%02d", i), []geo.Value{geo.Text(fmt.Sprintf("M-%02d", i)), geo.Integer(int64(1000 * i)),
			geo.Integer(int64(i)), geo.Date(19723 + int64(i))}))
	}
	load(t, s, catalog.Dataset{ID: "marches", Title: geo.Localized{FR: "Marchés publics", EN: "Public contracts"}, Key: "id", Time: "notification", Licence: "lov2"},
		&geo.Schema{Key: "id", Fields: []geo.Field{{Name: "id", Type: geo.TypeText}, {Name: "montant", Type: geo.TypeInteger},
			{Name: "limit", Type: geo.TypeInteger}, {Name: "notification", Type: geo.TypeDate}}}, contracts)

	load(t, s, catalog.Dataset{ID: "neuf", Title: geo.Localized{FR: "Rien encore"}}, &geo.Schema{Geometry: geo.GeometryPolygon, Fields: []geo.Field{name}}, nil)
	load(t, s, catalog.Dataset{ID: "promis", Title: geo.Localized{FR: "Promis"}}, nil, nil)
	load(t, s, catalog.Dataset{ID: "interne", Title: geo.Localized{FR: "Interne"}, Internal: true},
		&geo.Schema{Fields: []geo.Field{name}}, []*geo.Feature{row(t, "", []geo.Value{geo.Text("secret")})})
}

// client asks a server in this process.
type client struct {
	t      testing.TB
	server *Server
	base   string
	http   *http.Client
}

// answered is what came back.
type answered struct {
	status int
	header http.Header
	body   string
}

func pages(view func() *live.View, s store.Store) (Pages, error) { return portal.New(view, s, nil) }

// start serves c over s, with pages, until the test ends.
func start(t *testing.T, s store.Store, change func(*Config)) *client {
	t.Helper()
	c := Config{Store: s, Log: slog.New(slog.DiscardHandler), Pages: pages, CountPatience: time.Minute}
	if change != nil {
		change(&c)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	srv, err := New(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(srv)
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		h.Close()
		srv.Close()
		cancel()
	})
	return &client{t: t, server: srv, base: h.URL, http: &http.Client{Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// ask sends a request; path may be an absolute address. Headers are "Name: value".
func (c *client) ask(method, path string, headers ...string) answered {
	c.t.Helper()
	return c.send(method, path, "", headers...)
}

// send is ask with a body.
func (c *client) send(method, path, content string, headers ...string) answered {
	c.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = c.base + path
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, path, strings.NewReader(content))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	res, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answered{res.StatusCode, res.Header, string(body)}
}

// get asks for JSON and reads it into v.
func (c *client) get(path string, v any) answered {
	c.t.Helper()
	a := c.ask("GET", path)
	if a.status != 200 {
		c.t.Fatalf("GET %s: %d %s", path, a.status, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		c.t.Fatalf("GET %s: %v in %s", path, err, a.body)
	}
	return a
}

// waitFor asks until the answer is as wanted; a change must show within two
// seconds.
func waitFor(t *testing.T, c *client, path string, wanted func(answered) bool) answered {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second) // more than promised: the machine may be busy
	for {
		a := c.ask("GET", path)
		if wanted(a) {
			return a
		}
		if time.Now().After(deadline) {
			t.Fatalf("GET %s stays %d %.200q", path, a.status, a.body)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
