package cfb_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/format/xls/cfb"
	"puy/internal/cfbtest"
)

// content gives n bytes that differ from place to place.
func content(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}

// sample is a file of streams in large and in small sectors.
func sample() []byte {
	return cfbtest.File(cfbtest.Stream{Name: "Workbook", Content: content(70_000)}, cfbtest.Stream{Name: "empty"},
		cfbtest.Stream{Name: "small", Content: content(200)}, cfbtest.Stream{Name: "Été", Content: content(4095)})
}

func open(b []byte) (*cfb.File, error) { return cfb.Open(bytes.NewReader(b), int64(len(b))) }

func TestStreams(t *testing.T) {
	f, err := open(sample())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Workbook", "empty", "small", "Été"}, f.Names()); diff != "" {
		t.Error(diff)
	}
	for name, size := range map[string]int{"WORKBOOK": 70_000, "empty": 0, "small": 200, "été": 4095} {
		s, err := f.Stream(name)
		if err != nil || s == nil {
			t.Fatal(name, s, err)
		}
		got, err := io.ReadAll(io.NewSectionReader(s, 0, s.Size()))
		if err != nil || !bytes.Equal(got, content(size)) {
			t.Errorf("%s: %d bytes of %d, %v", name, len(got), size, err)
		}
		for _, at := range []int{0, 1, 63, 64, 511, 4000} {
			b := make([]byte, 130)
			n, err := s.ReadAt(b, int64(at))
			want := content(size)[min(at, size):min(at+130, size)]
			if !bytes.Equal(b[:n], want) || (n < len(b)) != (err == io.EOF) {
				t.Errorf("%s: %d bytes at %d, %v", name, n, at, err)
			}
		}
	}
	if s, err := f.Stream("Book"); s != nil || err != nil {
		t.Error(s, err)
	}
}

// TestDamage changes what a file says of itself.
func TestDamage(t *testing.T) {
	const header = 512
	whole := sample()
	table := header + int(binary.LittleEndian.Uint32(whole[76:]))*512
	directory := header + int(binary.LittleEndian.Uint32(whole[48:]))*512
	for _, c := range []struct {
		name  string
		at    int
		value uint32
		says  string
	}{
		{"no signature", 0, 0, "it is no compound file"},
		{"sectors of 2 GB", 30, 31, "its header makes no sense"},
		{"no table", 44, 0, "a stream ends early"},
		{"a table that is not there", 76, 0x7fffffff, "a sector of its table is missing"},
		{"a directory that is not there", 48, 0x00ffffff, "a stream ends early"},
		{"a circle in the directory", table + 4*int(binary.LittleEndian.Uint32(whole[48:])), binary.LittleEndian.Uint32(whole[48:]), "the sectors of a stream follow each other in a circle"},
		{"a circle in a stream", table + 4*5, 2, "the sectors of a stream follow each other in a circle"},
		{"a stream that ends early", table + 4*5, 0xfffffffe, "a stream ends early"},
		{"a stream of 4 GB", directory + 128 + 120, 0xffffffff, "a stream claims to be longer than the file"},
		{"no root", directory + 64, 0, "its directory has no root"},
		{"a root of 4 GB", directory + 120, 0xffffffff, "a stream claims to be longer than the file"},
	} {
		b := bytes.Clone(whole)
		binary.LittleEndian.PutUint32(b[c.at:], c.value)
		f, err := open(b)
		if err == nil {
			_, err = f.Stream("Workbook")
		}
		if err == nil || err.Error() != c.says && !bytes.HasPrefix([]byte(err.Error()), []byte(c.says+": ")) || geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%s: %v, want %s", c.name, err, c.says)
		}
	}
	// A list of tables that goes round: its second sector names itself.
	b := bytes.Clone(whole)
	binary.LittleEndian.PutUint32(b[44:], 1<<30)
	binary.LittleEndian.PutUint32(b[76:], 0xffffffff)
	binary.LittleEndian.PutUint32(b[68:], 3)
	for i := range 128 {
		binary.LittleEndian.PutUint32(b[header+3*512+4*i:], 0xffffffff)
	}
	binary.LittleEndian.PutUint32(b[header+4*512-4:], 3)
	if _, err := open(b); err == nil || err.Error() != "the list of its tables has no end" {
		t.Error(err)
	}
	for n := range len(whole) {
		if n%97 != 0 {
			continue
		}
		f, err := open(whole[:n])
		if err == nil {
			_, err = f.Stream("Workbook")
		}
		if err == nil || geo.KindOf(err) != geo.KindInvalid {
			t.Fatalf("the first %d bytes: %v", n, err)
		}
	}
}

// FuzzOpen opens whatever it is given and reads all streams that it finds.
func FuzzOpen(f *testing.F) {
	whole := cfbtest.File(cfbtest.Stream{Name: "Workbook", Content: content(4200)}, cfbtest.Stream{Name: "small", Content: content(70)})
	f.Add(whole)
	f.Add(cfbtest.File(cfbtest.Stream{Name: "Book", Content: content(3)}))
	f.Add(whole[:600])
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := open(b)
		if err != nil {
			if k := geo.KindOf(err); k != geo.KindInvalid && k != geo.KindLimit {
				t.Fatal(err)
			}
			return
		}
		for _, name := range file.Names() {
			s, err := file.Stream(name)
			if err != nil || s == nil {
				continue
			}
			if s.Size() > int64(len(b)) {
				t.Fatalf("%q of %d bytes in a file of %d", name, s.Size(), len(b))
			}
			n, err := io.Copy(io.Discard, io.NewSectionReader(s, 0, s.Size()))
			if err == nil && n != s.Size() {
				t.Fatalf("%q: %d bytes of %d", name, n, s.Size())
			}
		}
	})
}
