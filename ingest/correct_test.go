package ingest_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format"
	"puy/ingest"
	"puy/ingest/source"
)

func TestCorrect(t *testing.T) {
	tests := []struct {
		name, schema, in, want string
		correction             ingest.Correction
	}{
		{
			"Windows-1252, semicolons, decimal commas, day first", "",
			"nom; prix ;jour;ouvert\n Th\xe9o ;1 234,50;31/05/2024;oui\nL\xe9a;2,5;01/06/2024;non\n",
			"nom,prix,jour,ouvert\nThéo,1234.5,2024-05-31,true\nLéa,2.5,2024-06-01,false\n",
			ingest.Correction{Format: "csv", Rows: 2, Cells: 7, Columns: 1},
		},
		{
			"a national schema", "cycle-parking",
			"ID_LOCAL,code_com,capacite,type_accroche,coordonneesxy,gratuit\na,63113.0,4,cadre et roue,\"[3.08,45.77]\",Oui\nb,6311,quatre,autre,\"[3.08,45.77]\",\n",
			"id_local,code_com,capacite,type_accroche,coordonneesxy,gratuit\na,63113,4,CADRE ET ROUE,\"[3.08,45.77]\",true\nb,6311,quatre,autre,\"[3.08,45.77]\",\n",
			ingest.Correction{Format: "csv", Rows: 2, Cells: 3, Columns: 1},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "in.csv")
			if err := os.WriteFile(path, []byte(tt.in), 0o600); err != nil {
				t.Fatal(err)
			}
			src, err := format.OpenSource(path, "")
			if err != nil {
				t.Fatal(err)
			}
			st := openStore(t)
			d := catalog.Dataset{ID: "x", Title: geo.Localized{FR: "X"}, Schema: tt.schema}
			if err := st.PutDataset(t.Context(), d); err != nil {
				t.Fatal(err)
			}
			r, _ := ingest.Load(t.Context(), st, d, src, ingest.Options{})
			var b strings.Builder
			c, err := ingest.Correct(t.Context(), d, src, r, source.Options{}, &b)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if c != tt.correction {
				t.Errorf("%+v, want %+v", c, tt.correction)
			}
		})
	}
}

// TestCorrectLongRecord leaves a quote open before more text than a record may have.
func TestCorrectLongRecord(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, "nom,n\na,1\n\"")
	block := bytes.Repeat([]byte("x\n"), 1<<19)
	for range 80 {
		z.Write(block)
	}
	z.Close()
	_, err := ingest.Correct(t.Context(), catalog.Dataset{}, sourceOf(t, "a.csv.gz", packed.Bytes()), &ingest.Report{Format: "csv"}, source.Options{}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "line 3: one record takes more than 64 MB") {
		t.Error(err)
	}
}
