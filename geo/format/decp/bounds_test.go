package decp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/decp"
	"puy/internal/formattest"
)

// read reads all layers of src and looks at what always holds.
func read(t *testing.T, src *format.Source) {
	t.Helper()
	decp.Format().Detect("", []byte(src.Name()))
	names, err := decp.Format().Layers(context.Background(), src)
	if err != nil {
		if geo.KindOf(err) == geo.KindInternal {
			t.Fatal(err)
		}
		return
	}
	for _, name := range names {
		r, err := decp.Format().Open(context.Background(), src, format.Options{Layer: name})
		if err != nil {
			if geo.KindOf(err) == geo.KindInternal {
				t.Fatal(err)
			}
			return
		}
		defer r.Close()
		l := r.Layer()
		rank := l.Schema.Index(map[string]string{"marches": "titulaire_rang", "concessions": "concessionnaire_rang"}[name])
		rows := int64(0)
		var f geo.Feature
		for {
			err := r.Read(&f)
			if errors.Is(err, io.EOF) {
				break
			}
			if _, bad := errors.AsType[*format.BadRow](err); err != nil && !bad {
				t.Fatal(err)
			}
			rows++
			if err != nil {
				continue
			}
			for i, field := range l.Schema.Fields {
				amount := (strings.HasPrefix(field.Name, "montant") || strings.HasPrefix(field.Name, "valeur")) && !strings.HasSuffix(field.Name, "Contrat")
				if amount && !f.Values[i].IsNull() && f.Values[rank].String() != "1" {
					t.Fatalf("row %d has %s again", rows, field.Name)
				}
			}
		}
		if rows != l.Count {
			t.Fatalf("%d rows of %d", rows, l.Count)
		}
	}
}

const minimal = `{"id":"%d","acheteur":{"id":"21630113100013"},"codeCPV":"45000000"%s}`

// TestDamage cuts the fixtures off at every place.
func TestDamage(t *testing.T) {
	for _, name := range []string{"marches.json", "marches.xml"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		whole := strings.TrimRight(string(b), "\n")
		for cut := 200; cut < len(whole)-1; cut += 97 {
			_, err := decp.Format().Layers(t.Context(), formattest.Source(t, name, whole[:cut]))
			if geo.KindOf(err) != geo.KindInvalid || !strings.HasPrefix(err.Error(), name) {
				t.Fatalf("%s cut at %d: %v", name, cut, err)
			}
		}
	}
}

func TestBounds(t *testing.T) {
	many := func(n int, text string) string { return strings.TrimSuffix(strings.Repeat(text+",", n), ",") }
	var holders []string
	for i := range 3000 {
		holders = append(holders, fmt.Sprintf(`{"id":"%d"}`, 1000+i))
	}
	for name, test := range map[string]struct {
		content, want string
	}{
		"holders":      {fmt.Sprintf(minimal, 2, `,"titulaires":[`+strings.Join(holders, ",")+`]`), "contract 2 (216301131000132): more than 2000 holders"},
		"repeated":     {fmt.Sprintf(minimal, 2, `,"objet":"`+strings.Repeat("x", 1<<20)+`","titulaires":[`+strings.Join(holders[:100], ",")+`]`), "its 100 rows take more than 64 MB"},
		"nodes":        {fmt.Sprintf(minimal, 2, `,"a":[`+many(300_000, "[]")+`]`), "record 2: one record has more than 200000 values"},
		"depth":        {fmt.Sprintf(minimal, 2, `,"a":`+strings.Repeat("[", 100)), "record 2: nested more than 64 deep"},
		"bytes":        {fmt.Sprintf(minimal, 2, `,"objet":"`+strings.Repeat("x", 17<<20)+`"`), "record 2: line 1: one record takes more than 16 MB"},
		"not JSON":     {`{"id":"2",}`, `d.json is not valid JSON at line 1, byte 89, record 2: a string expected, not "}]}"`},
		"a bare word":  {`{"id":abc}`, "a value expected"},
		"control":      {"{\"id\":\"a\nb\"}", "no unescaped control character in a string expected"},
		"an escape":    {`{"id":"\q"}`, "an escape sequence expected"},
		"breaking off": {`{"id":"2"`, "d.json breaks off at line 1"},
	} {
		content := `{"marches":[` + fmt.Sprintf(minimal, 1, "") + "," + test.content
		if !strings.Contains(name, "breaking") && name != "depth" {
			content += "]}"
		}
		_, err := decp.Format().Open(t.Context(), formattest.Source(t, "d.json", content), format.Options{})
		if err == nil || !strings.Contains(err.Error(), test.want) || geo.KindOf(err) == geo.KindInternal {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := decp.Format().Open(t.Context(), formattest.Source(t, "d.xml", "<marches><marche><id>1</id><acheteur/></marche><marche>"+strings.Repeat("<a/>", 300_000)), format.Options{})
	if geo.KindOf(err) != geo.KindLimit || !strings.Contains(err.Error(), "one record has more than 200000 elements (contract 2)") {
		t.Error(err)
	}
	_, err = decp.Format().Open(t.Context(), formattest.Source(t, "d.json", `[`+fmt.Sprintf(minimal, 1, "")+`]`), format.Options{X: "lon", Y: "lat"})
	if geo.KindOf(err) != geo.KindInvalid {
		t.Error(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := decp.Format().Open(cancelled, fixture(t, "marches.json"), format.Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestStreams reads many contracts with no more memory than few take.
func TestStreams(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.json")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, `{"skipped":[`)
	for i := range 200_000 {
		fmt.Fprintf(f, "[%d],", i)
	}
	io.WriteString(f, `0],"marches":{"marche":[`)
	filler := `,"objet":"` + strings.Repeat("un objet ", 100) + `","titulaires":[{"id":"12345678901234"},{"id":"22345678901234"}]`
	const n = 20_000
	for i := range n {
		if i > 0 {
			io.WriteString(f, ",")
		}
		fmt.Fprintf(f, minimal, i, filler)
	}
	io.WriteString(f, "]}}")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		t.Fatal(err)
	}
	r, err := decp.Format().Open(t.Context(), src, format.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var row geo.Feature
	rows, most := 0, uint64(0)
	for ; ; rows++ {
		if err := r.Read(&row); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if rows%20_000 == 0 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
	if rows != 2*n || most > 20<<20 {
		t.Errorf("%d rows of %d MB with %d MB", rows, src.Size()>>20, most>>20)
	}
}
