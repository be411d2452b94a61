package storetest

import (
	"fmt"
	"strings"
	"testing"

	"puy/geo"
	"puy/store"
)

// testNames uses every awkward field name at once, and each of them alone in a
// condition and a projection.
func testNames(t *testing.T, s *suite) {
	long := strings.Repeat("nom très long ", 8)
	names := []string{"fid", "id", "geom", "FID", "Id", "GEOM", "fid_1", "geometry", "the_geom", "ogc_fid", "rowid", "oid", "_rowid_",
		"ctid", "xmin", "tableoid", "select", "SELECT", "order", "user", "table", "group by", "a b", " a", "a ", `a"b`, `a""b`, "a'b", "a`b", "[a]",
		"é", "e\u0301", "É", "ａ", "日本語", "\U0001F30B", "1", "1a", "-", "--", "/*", ";", "a;b", "%", "_", "$1", ":x", "?", "@v", "a.b", "a,b", "(", "\\", "\t", "a\nb",
		"Nom", "nom", "NOM", "straße", "STRASSE", long + "1", long + "2", long, strings.Repeat("é", 40), strings.Repeat("é", 41),
		strings.Repeat("x", 63), strings.Repeat("x", 64), strings.Repeat("X", 63), "value", "v", "row", "n", "o", "k", "q", "s", "excluded", "dataset", "version", "key"}
	tb := &table{schema: geo.Schema{Geometry: geo.GeometryPoint, Key: "id"}}
	for _, name := range names {
		tb.schema.Fields = append(tb.schema.Fields, geo.Field{Name: name, Type: geo.TypeText, Title: geo.Localized{FR: "l'" + name + `"\`}})
	}
	for n := range 3 {
		f := row(fmt.Sprint("k", n), fmt.Sprintf("POINT (%d 45)", n))
		for i := range names {
			f.Values = append(f.Values, geo.Text(fmt.Sprintf("%d of row %d", i, n)))
		}
		tb.rows = append(tb.rows, f)
	}
	want := loaded(t, s.st, "names", tb)
	d, err := s.reopen(t).Dataset(testContext(t), "names")
	must(t, err)
	if diff := diffRecords(tb.schema, d.Current.Schema); diff != "" {
		t.Errorf("schema (-want +got):\n%s", diff)
	}
	for i, name := range names {
		q := store.Query{Fields: []string{name}, Where: []store.Condition{{Field: name, Value: want[1].Values[i]}}}
		same(t, fmt.Sprintf("%q", name), tb.schema, all(t, s.st, "names", q), selected(tb.schema, want, q))
	}
	tb.rows[2].Values[len(names)-1] = geo.Text("other")
	if v := load(t, s.st, "names", tb); v.Modified != 1 || v.Added+v.Removed != 0 {
		t.Errorf("one value changed: +%d −%d ~%d", v.Added, v.Removed, v.Modified)
	}
	for _, name := range []string{"", "fid_2", "Fid", "iD", "geom_1", "nOM", long + "3", strings.Repeat("x", 62)} {
		for what, q := range map[string]store.Query{
			"Fields": {Fields: []string{name}},
			"Where":  {Where: []store.Condition{{Field: name, Value: geo.Text("x")}}},
			"Time":   {Time: &store.TimeFilter{Field: name}},
		} {
			_, err := collect(t, s.st, "names", q)
			wantKind(t, fmt.Sprintf("%s %q", what, name), err, geo.KindInvalid)
			if what != "Fields" {
				_, _, err = s.st.Count(testContext(t), "names", q, 0)
				wantKind(t, fmt.Sprintf("Count %s %q", what, name), err, geo.KindInvalid)
			}
		}
	}
}
