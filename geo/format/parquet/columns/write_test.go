package columns_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	reference "github.com/parquet-go/parquet-go"

	"puy/geo/format/parquet/columns"
)

type writtenRow struct {
	Text  *string  `parquet:"text,optional"`
	I     *int64   `parquet:"i,optional"`
	F     *float64 `parquet:"f,optional"`
	B     *bool    `parquet:"b,optional"`
	Day   *int32   `parquet:"day,optional,date"`
	Time  *int64   `parquet:"time,optional,timestamp(microsecond)"`
	JSON  *string  `parquet:"json,optional,json"`
	Blob  []byte   `parquet:"blob,optional"`
	Texts []string `parquet:"texts,optional,list"`
	Box   *struct {
		Low  float64 `parquet:"low"`
		High float64 `parquet:"high"`
	} `parquet:"box,optional"`
}

func write(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := columns.NewWriter(&b, []columns.Spec{{Name: "text", Kind: columns.KindText}, {Name: "i", Kind: columns.KindInteger}, {Name: "f", Kind: columns.KindNumber},
		{Name: "b", Kind: columns.KindBoolean}, {Name: "day", Kind: columns.KindDate}, {Name: "time", Kind: columns.KindTimestamp}, {Name: "json", Kind: columns.KindJSON},
		{Name: "blob", Kind: columns.KindBinary}, {Name: "texts", Kind: columns.KindText, List: true},
		{Name: "box", Fields: []columns.Spec{{Name: "low", Kind: columns.KindNumber}, {Name: "high", Kind: columns.KindNumber}}}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		o := w.Outputs
		if i%6 == 5 {
			for _, c := range o {
				c.Null()
			}
		} else {
			o[0].Text(textOf(i))
			o[1].Bits(uint64(int64(-i)))
			o[2].Bits(math.Float64bits(float64(i) / 3))
			o[3].Bits(uint64(i & 1))
			o[4].Bits(uint64(int64(i - 5)))
			o[5].Bits(uint64(i) * 1e6)
			o[6].Text(fmt.Sprintf("[%d]", i))
			o[7].Bytes([]byte{byte(i), 0})
			o[8].Texts([]string{"a", "b", "c"}[:i%4])
			o[9].Bits(math.Float64bits(float64(i)))
			o[10].Bits(math.Float64bits(float64(i + 1)))
		}
		if err := w.EndRow(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close([2]string{"geo", "é"}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// textOf gives few texts at first and then many, so that the dictionary overflows.
func textOf(i int) string {
	if i < 3000 {
		return fmt.Sprintf("rue %d", i%17)
	}
	return fmt.Sprintf("avenue très longue numéro %d", i)
}

func TestTheReferenceReadsWhatIsWritten(t *testing.T) {
	const n = 140_000 // more than a row group, a page and a dictionary
	file := write(t, n)
	f, err := reference.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := f.Lookup("geo"); got != "é" || f.NumRows() != n || len(f.RowGroups()) != 2 {
		t.Errorf("geo %q, %d rows, %d row groups", got, f.NumRows(), len(f.RowGroups()))
	}
	low, high, ok := f.RowGroups()[0].ColumnChunks()[1].(*reference.FileColumnChunk).Bounds()
	if !ok || low.Int64() != -131071 || high.Int64() != 0 {
		t.Errorf("bounds of i: %v %v %v", low, high, ok)
	}
	list, err := reference.Read[writtenRow](bytes.NewReader(file), int64(len(file)))
	if err != nil || len(list) != n {
		t.Fatal(len(list), err)
	}
	for i, r := range list {
		if i%6 == 5 {
			if r.Text != nil || r.I != nil || r.F != nil || r.B != nil || r.Day != nil || r.Time != nil || r.JSON != nil || r.Blob != nil || r.Texts != nil || r.Box != nil {
				t.Fatalf("row %d is not null: %+v", i, r)
			}
			continue
		}
		if *r.Text != textOf(i) || *r.I != int64(-i) || *r.F != float64(i)/3 || *r.B != (i&1 == 1) || *r.Day != int32(i-5) || *r.Time != int64(i)*1e6 ||
			*r.JSON != fmt.Sprintf("[%d]", i) || !bytes.Equal(r.Blob, []byte{byte(i), 0}) || len(r.Texts) != i%4 || r.Box.Low != float64(i) || r.Box.High != float64(i+1) {
			t.Fatalf("row %d: %+v", i, r)
		}
	}
}

func TestReadsWhatItWrites(t *testing.T) {
	want := []string{
		`text=rue 0 i=0 f=0 b=false day=1969-12-27 time=1970-01-01T00:00:00Z json=[0] blob=0000 texts=[] box={"low":0.0,"high":1.0}`,
		`text=rue 1 i=-1 f=0.3333333333333333 b=true day=1969-12-28 time=1970-01-01T00:00:01Z json=[1] blob=0100 texts=["a"] box={"low":1.0,"high":2.0}`,
	}
	if diff := cmp.Diff(want, rows(t, write(t, 2))); diff != "" {
		t.Error(diff)
	}
	if got := rows(t, write(t, 0)); got != nil {
		t.Error(got)
	}
}
