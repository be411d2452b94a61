package columns_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	reference "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"puy/geo"
	"puy/geo/format/parquet/columns"
)

// rows reads all rows as lines of text, one a row: name=value.
func rows(t *testing.T, file []byte) []string {
	t.Helper()
	lines, err := readRows(file)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func readRows(file []byte) ([]string, error) {
	f, err := columns.Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := f.Read(f.Root.Children)
	defer r.Close()
	var lines []string
	for {
		if len(lines) == 5000 { // a damaged file may claim millions
			return lines, nil
		}
		if err := r.Next(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return lines, err
		}
		var line []string
		for _, c := range r.Columns {
			text, err := cell(c)
			if err != nil {
				return lines, err
			}
			line = append(line, c.Node.Name+"="+text)
		}
		lines = append(lines, strings.Join(line, " "))
	}
	if int64(len(lines)) != f.Rows {
		return lines, fmt.Errorf("%d rows where the file says %d", len(lines), f.Rows)
	}
	return lines, nil
}

func cell(c *columns.Column) (string, error) {
	if !c.Node.Flat() {
		if err := c.Record(); err != nil {
			return "", err
		}
		b, err := c.AppendJSON(nil)
		return string(b), err
	}
	var v columns.Value
	there, err := c.Value(&v)
	if err != nil || !there {
		return "null", err
	}
	if c.Node.Kind == columns.KindBinary {
		return fmt.Sprintf("%x", v.Bytes), nil
	}
	value, ok := c.Node.Scalar(v)
	if !ok {
		return "bad", nil
	}
	return value.String(), nil
}

func written[T any](t *testing.T, list []T, options ...reference.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := reference.NewGenericWriter[T](&b, options...)
	for i := range list {
		if _, err := w.Write(list[i : i+1]); err != nil {
			t.Fatal(err)
		}
		if i%1000 == 999 {
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type flat struct {
	B   bool     `parquet:"b"`
	I   int64    `parquet:"i"`
	J   int32    `parquet:"j"`
	U   uint32   `parquet:"u"`
	F   float64  `parquet:"f"`
	G   float32  `parquet:"g"`
	S   string   `parquet:"s"`
	D   string   `parquet:"d,dict"`
	Dl  int64    `parquet:"dl,delta"`
	Ds  string   `parquet:"ds,delta"`
	Sp  float64  `parquet:"sp,split"`
	X   [3]byte  `parquet:"x"`
	N   *int64   `parquet:"n,optional"`
	M   *string  `parquet:"m,optional,dict"`
	Run bool     `parquet:"run,plain"`
	Raw []byte   `parquet:"raw"`
	T   *float64 `parquet:"t,optional"`
}

func flatRows(n int) (list []flat, want []string) {
	words := []string{"Clermont-Ferrand", "Riom", "", "Vichy, été"}
	for i := range n {
		r := flat{B: i%3 == 0, I: int64(i) * -1e12, J: int32(i - 50), U: math.MaxUint32 - uint32(i), F: float64(i) / 7, G: float32(i) / 10, S: strings.Repeat("é", i%40),
			D: words[i%4], Dl: int64(i*i) - 5000, Ds: fmt.Sprintf("rue %05d bis", i), Sp: float64(i) * 1.5, X: [3]byte{byte(i), 1, 2}, Run: i%100 < 90, Raw: []byte{byte(i), 255}}
		null, word := "null", "null"
		if i%5 != 0 {
			r.N, null = &r.Dl, fmt.Sprint(r.Dl)
		}
		if i%7 > 3 {
			r.M, word = &r.D, r.D
		}
		list = append(list, r)
		want = append(want, fmt.Sprintf("b=%t i=%d j=%d u=%d f=%s g=%s s=%s d=%s dl=%d ds=%s sp=%s x=%x n=%s m=%s run=%t raw=%x t=null",
			r.B, r.I, r.J, r.U, geo.Number(r.F), geo.AppendNumber(nil, shorter(r.G)), r.S, r.D, r.Dl, r.Ds, geo.Number(r.Sp), r.X[:], null, word, r.Run, r.Raw))
	}
	return list, want
}

// shorter gives the float64 that the decimals of f spell.
func shorter(f float32) (wide float64) {
	fmt.Sscan(fmt.Sprint(f), &wide)
	return wide
}

func TestReadsWhatTheReferenceWrites(t *testing.T) {
	list, want := flatRows(2500)
	codecs := map[string]compress.Codec{"none": &reference.Uncompressed, "snappy": &reference.Snappy, "gzip": &reference.Gzip,
		"brotli": &reference.Brotli, "zstd": &reference.Zstd, "lz4": &reference.Lz4Raw}
	for name, codec := range codecs {
		for version := 1; version <= 2; version++ {
			t.Run(fmt.Sprintf("%s version %d", name, version), func(t *testing.T) {
				file := written(t, list, reference.Compression(codec), reference.DataPageVersion(version), reference.PageBufferSize(4096))
				if diff := cmp.Diff(want, rows(t, file)); diff != "" {
					t.Error(diff[:min(len(diff), 2000)])
				}
			})
		}
	}
}

type place struct {
	Name string  `parquet:"name"`
	X    float64 `parquet:"x"`
}

type nested struct {
	Tags   []string         `parquet:"tags,list"`
	Bare   []int32          `parquet:"bare"`
	Places []place          `parquet:"places,list"`
	Map    map[string]int64 `parquet:"map"`
	Group  *place           `parquet:"group,optional"`
}

func TestNestedColumnsBecomeJSON(t *testing.T) {
	list := []nested{
		{Tags: []string{"a", "é\"", ""}, Bare: []int32{1, 2}, Places: []place{{"p", 1.5}, {"q", 2}}, Map: map[string]int64{"k": 7}, Group: &place{"g", -1}},
		{},
		{Tags: []string{"z"}, Bare: []int32{3}, Places: []place{{"r", 0.25}}, Map: map[string]int64{"é": -1}},
	}
	want := []string{
		`tags=["a","é\"",""] bare=[1,2] places=[{"name":"p","x":1.5},{"name":"q","x":2.0}] map={"k":7} group={"name":"g","x":-1.0}`,
		`tags=[] bare=[] places=[] map={} group=null`,
		`tags=["z"] bare=[3] places=[{"name":"r","x":0.25}] map={"é":-1} group=null`,
	}
	for version := 1; version <= 2; version++ {
		if diff := cmp.Diff(want, rows(t, written(t, list, reference.DataPageVersion(version)))); diff != "" {
			t.Error(diff)
		}
	}
}

func TestListsThatSpanPages(t *testing.T) {
	type row struct {
		L []string `parquet:"l,list"`
	}
	var list []row
	var want []string
	for i := range 300 {
		r, texts := row{}, []string{}
		for k := range i % 50 {
			r.L = append(r.L, fmt.Sprintf("%d-%d", i, k))
			texts = append(texts, fmt.Sprintf(`"%d-%d"`, i, k))
		}
		list, want = append(list, r), append(want, "l=["+strings.Join(texts, ",")+"]")
	}
	if diff := cmp.Diff(want, rows(t, written(t, list, reference.PageBufferSize(256)))); diff != "" {
		t.Error(diff)
	}
}

func TestAnnotatedValues(t *testing.T) {
	type row struct {
		Day   int32     `parquet:"day,date"`
		Milli int64     `parquet:"milli,timestamp(millisecond)"`
		Micro int64     `parquet:"micro,timestamp(microsecond)"`
		Nano  int64     `parquet:"nano,timestamp(nanosecond)"`
		When  time.Time `parquet:"when"`
		Clock int32     `parquet:"clock,time(millisecond)"`
		Price int64     `parquet:"price,decimal(2:12)"`
		Whole int32     `parquet:"whole,decimal(0:9)"`
		Enum  string    `parquet:"enum,enum"`
		JSON  string    `parquet:"json,json"`
		ID    [16]byte  `parquet:"id,uuid"`
		Huge  uint64    `parquet:"huge"`
	}
	list := []row{
		{Day: 19874, Milli: 1717113600123, Micro: -1, Nano: -1, When: time.Unix(0, 0).UTC(), Clock: 3661001, Price: -123456, Whole: 42, Enum: "A", JSON: `{"a":[1]}`, ID: [16]byte{1, 2, 15: 255}, Huge: 7},
		{Day: -1, JSON: "{", Huge: math.MaxUint64},
	}
	want := []string{
		`day=2024-05-31 milli=2024-05-31T00:00:00.123Z micro=1969-12-31T23:59:59.999999Z nano=1969-12-31T23:59:59.999999Z when=1970-01-01T00:00:00Z clock=01:01:01.001 price=-1234.56 whole=42 enum=A json={"a":[1]} id=01020000-0000-0000-0000-0000000000ff huge=7`,
		`day=1969-12-31 milli=1970-01-01T00:00:00Z micro=1970-01-01T00:00:00Z nano=1970-01-01T00:00:00Z when=`,
	}
	got := rows(t, written(t, list))
	if got[0] != want[0] {
		t.Error(cmp.Diff(want[0], got[0]))
	}
	if !strings.HasPrefix(got[1], want[1]) || !strings.HasSuffix(got[1], "json=bad id=00000000-0000-0000-0000-000000000000 huge=bad") {
		t.Error(got[1])
	}
}
