package storetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

func testPortal(t *testing.T, s *suite) {
	ctx := testContext(t)
	p, err := s.st.Portal(ctx)
	must(t, err)
	if diff := diffRecords(catalog.Portal{}, p); diff != "" {
		t.Errorf("an empty store has a portal:\n%s", diff)
	}
	other := s.reopen(t)
	for _, want := range []catalog.Portal{
		{
			Title:       geo.Localized{FR: "Données d’ici — « l'été »", EN: "Data from here \U0001F30B"},
			Description: geo.Localized{FR: "Deux\nlignes"},
			PublicURL:   "https://data.example.org",
			Languages:   []string{"fr", "en"},
			Contact:     catalog.Contact{Name: "Service", Email: "a@example.org", URL: "https://example.org"},
			View:        catalog.View{Center: [2]float64{3.0863, 45.7797}, Zoom: 11.5},
			Themes:      map[string]catalog.Theme{"mobilite": {Title: geo.Localized{FR: "Mobilité"}}},
			Publishers:  map[string]catalog.Publisher{"cam": {Name: "Métropole", URL: "https://example.org/m"}},
			Licences:    map[string]catalog.LicenceText{"x": {Title: geo.Localized{EN: "X"}, URL: "https://example.org/x"}},
		},
		{Title: geo.Localized{FR: "Autre"}},
	} {
		must(t, s.st.PutPortal(ctx, want))
		for name, st := range map[string]store.Store{"same handle": s.st, "other handle": other} {
			got, err := st.Portal(ctx)
			must(t, err)
			if diff := diffRecords(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	}
}

func fullDataset(id string) catalog.Dataset {
	return catalog.Dataset{
		ID: id, Aliases: []string{id[:min(len(id), 57)] + "-old", id[:min(len(id), 57)] + "-older"},
		Title:       geo.Localized{FR: "Pistes cyclables", EN: "Cycle lanes"},
		Description: geo.Localized{FR: "Où l'on roule; \"bien\" \\ mieux\n", EN: "Where one rides"},
		Theme:       "mobilite", Publisher: "cam", Licence: "lov2", Frequency: "monthly",
		Keywords: []string{"vélo", "piste"}, Internal: true, Editable: true, Demo: true,
		Schema: "etalab/schema-amenagements-cyclables@0.3.5", Key: "id_local", Time: "date_maj",
		Fields: []catalog.Field{
			{Name: "no2", Type: geo.TypeNumber, Title: geo.Localized{FR: "NO₂"}, Unit: "ug/m3"},
			{Name: "other", Description: geo.Localized{EN: "type not declared"}},
		},
		Source: catalog.Source{File: "a b.csv", Every: catalog.Every(36 * time.Hour), Format: "csv", Layer: "l", CRS: "EPSG:2154",
			Encoding: "windows-1252", Delimiter: ";", Decimal: ",", Geometry: "none", X: "x", Y: "y"},
	}
}

func testDatasets(t *testing.T, s *suite) {
	ctx := testContext(t)
	list, err := s.st.Datasets(ctx)
	must(t, err)
	if len(list) != 0 {
		t.Fatalf("an empty store has %d datasets", len(list))
	}
	long := "a23456789-123456789-123456789-123456789-123456789-123456789-123"
	ids := []string{"velo", "arbres", "velo-2", "a", "0-9", long, "b-c"}
	for _, id := range ids {
		must(t, s.st.PutDataset(ctx, fullDataset(id)))
	}
	other := s.reopen(t)
	// By code point: the hyphen stands before the digits, these before the letters.
	order := []string{"0-9", "a", long, "arbres", "b-c", "velo", "velo-2"}
	list, err = other.Datasets(ctx)
	must(t, err)
	if len(list) != len(order) {
		t.Fatalf("%d datasets, want %d", len(list), len(order))
	}
	for i, id := range order {
		if diff := diffRecords(store.Dataset{Dataset: fullDataset(id)}, list[i]); diff != "" {
			t.Errorf("Datasets[%d] (-want +got):\n%s", i, diff)
		}
	}
	t.Run("Replace", func(t *testing.T) {
		v := load(t, s.st, "velo", texts("k"))
		changed := catalog.Dataset{ID: "velo", Aliases: []string{"bike"}, Title: geo.Localized{EN: "New"}}
		must(t, s.st.PutDataset(ctx, changed))
		got, err := other.Dataset(ctx, "velo")
		must(t, err)
		if diff := diffRecords(changed, got.Dataset); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if got.Current == nil || got.Current.Number != v.Number {
			t.Errorf("the version did not stay: %+v", got.Current)
		}
	})
	t.Run("Alias", func(t *testing.T) {
		for _, name := range []string{"velo", "bike", "arbres", "arbres-old", "arbres-older"} {
			want := map[string]string{"velo": "velo", "bike": "velo"}[name]
			if want == "" {
				want = "arbres"
			}
			got, err := s.st.Dataset(ctx, name)
			if err != nil || got.ID != want {
				t.Errorf("Dataset(%q) gives %q, %v; want %q", name, got.ID, err, want)
			}
		}
		for _, name := range []string{"velo-old", "Arbres", "arbre", "arbres-", "", "a'b", `a"b`, "%"} {
			_, err := s.st.Dataset(ctx, name)
			wantKind(t, "Dataset("+name+")", err, geo.KindNotFound)
		}
	})
	t.Run("Refused ids", func(t *testing.T) {
		before, err := s.st.Revision(ctx)
		must(t, err)
		for _, id := range []string{"", "a_b", "A", "é", "b--c", "-a", "a-", "a.b", "a b", "a/b", `a"b`, "a\x00", long + "4", "data.x"} {
			wantKind(t, fmt.Sprintf("id %q", id), s.st.PutDataset(ctx, catalog.Dataset{ID: id}), geo.KindInvalid)
			wantKind(t, fmt.Sprintf("alias %q", id), s.st.PutDataset(ctx, catalog.Dataset{ID: "velo", Aliases: []string{"good", id}}), geo.KindInvalid)
		}
		after, err := s.st.Revision(ctx)
		must(t, err)
		list, err := other.Datasets(ctx)
		must(t, err)
		if after != before || len(list) != len(order) {
			t.Errorf("revision %d after %d, %d datasets after %d", after, before, len(list), len(order))
		}
	})
	t.Run("Same table names do not meet", func(t *testing.T) {
		for _, id := range []string{"velo", "velo-2", long} {
			load(t, s.st, id, texts("of "+id))
		}
		for _, id := range []string{"velo", "velo-2", long} {
			if got := all(t, s.st, id, store.Query{}); len(got) != 1 || got[0].ID != "of "+id {
				t.Errorf("%s holds %v", id, got)
			}
		}
	})
}

func testNotFound(t *testing.T, s *suite) {
	ctx := testContext(t)
	put(t, s.st, "empty")
	put(t, s.st, "full")
	load(t, s.st, "full", texts("k"))
	tests := []struct {
		id      string
		version int64
	}{{"none", 0}, {"none", 1}, {"empty", 0}, {"empty", 1}, {"full", 2}, {"full", -1}}
	for _, tt := range tests {
		name := tt.id
		_, err := collect(t, s.st, tt.id, store.Query{Version: tt.version})
		wantKind(t, "Features "+name, err, geo.KindNotFound)
		_, _, err = s.st.Count(ctx, tt.id, store.Query{Version: tt.version}, 0)
		wantKind(t, "Count "+name, err, geo.KindNotFound)
		if tt.version == 0 {
			_, err = s.st.Feature(ctx, tt.id, "k")
			wantKind(t, "Feature "+name, err, geo.KindNotFound)
			continue
		}
		_, err = s.st.Report(ctx, tt.id, tt.version)
		wantKind(t, "Report "+name, err, geo.KindNotFound)
		_, err = differences(ctx, s.st, tt.id, tt.version)
		wantKind(t, "Differences "+name, err, geo.KindNotFound)
	}
	_, err := s.st.Dataset(ctx, "none")
	wantKind(t, "Dataset", err, geo.KindNotFound)
	_, err = s.st.Versions(ctx, "none")
	wantKind(t, "Versions", err, geo.KindNotFound)
	_, err = s.st.Rollback(ctx, "none")
	wantKind(t, "Rollback", err, geo.KindNotFound)
	_, err = s.st.Begin(ctx, "none", texts().spec())
	wantKind(t, "Begin", err, geo.KindNotFound)
	_, err = s.st.Feature(ctx, "full", "other")
	wantKind(t, "Feature", err, geo.KindNotFound)
	versions, err := s.st.Versions(ctx, "empty")
	if err != nil || len(versions) != 0 {
		t.Errorf("Versions of an empty dataset: %v, %v", versions, err)
	}
}

func testRevision(t *testing.T, s *suite) {
	ctx := testContext(t)
	other := s.reopen(t)
	last, err := s.st.Revision(ctx)
	must(t, err)
	steps := []struct {
		name string
		do   func() error
	}{
		{"PutPortal", func() error { return s.st.PutPortal(ctx, catalog.Portal{PublicURL: "https://example.org"}) }},
		{"PutDataset new", func() error { return s.st.PutDataset(ctx, catalog.Dataset{ID: "a"}) }},
		{"PutDataset again", func() error { return s.st.PutDataset(ctx, catalog.Dataset{ID: "a", Theme: "x"}) }},
		{"Commit", func() error { load(t, s.st, "a", texts("1")); return nil }},
		{"Commit 2", func() error { load(t, s.st, "a", texts("2")); return nil }},
		{"Rollback", func() error { _, err := s.st.Rollback(ctx, "a"); return err }},
		{"by another handle", func() error { return other.PutDataset(ctx, catalog.Dataset{ID: "b"}) }},
	}
	for _, step := range steps {
		must(t, step.do())
		for name, st := range map[string]store.Store{"same": s.st, "other": other} {
			got, err := st.Revision(ctx)
			must(t, err)
			if got <= last {
				t.Errorf("%s: revision %d after %d, seen by the %s handle", step.name, got, last, name)
			}
		}
		last, err = s.st.Revision(ctx)
		must(t, err)
	}
}

// differences gives those of a version in the order of kind and id.
func differences(ctx context.Context, st store.Store, id string, version int64) ([]store.Difference, error) {
	var list []store.Difference
	last := int64(0)
	for d, err := range st.Differences(ctx, id, version, 0) {
		if err != nil {
			return list, err
		}
		if d.FID <= last {
			return list, fmt.Errorf("fid %d follows %d", d.FID, last)
		}
		last = d.FID
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b store.Difference) int {
		return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.ID, b.ID))
	})
	return list, nil
}

// withoutFIDs gives the differences without their fids.
func withoutFIDs(list []store.Difference) []store.Difference {
	for i := range list {
		list[i].FID = 0
	}
	return list
}
