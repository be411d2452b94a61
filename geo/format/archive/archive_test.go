package archive

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/internal/formattest"
)

func zipped(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, NonUTF8: true})
		if err == nil && !strings.HasSuffix(name, "/") {
			_, err = io.WriteString(f, "content of "+name)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func opened(t testing.TB, b []byte) (*Archive, error) {
	t.Helper()
	a, err := Open(formattest.Source(t, "a.zip", b))
	if err == nil {
		t.Cleanup(func() { a.Close() })
	}
	return a, err
}

func TestNames(t *testing.T) {
	a, err := opened(t, zipped(t, "x/", "x/a.shp", "../../etc/passwd", "/abs", `win\dows.shp`, "__MACOSX/x/._a.shp", "._b", ".DS_Store", "\x90t\x82.shp", "Été.dbf"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"x/a.shp", "etc/passwd", "abs", "win/dows.shp", "Été.shp", "Été.dbf"}
	if diff := cmp.Diff(want, a.Names()); diff != "" {
		t.Error(diff)
	}
	r, err := a.Entries[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if b, err := io.ReadAll(r); string(b) != "content of x/a.shp" || err != nil {
		t.Errorf("%q %v", b, err)
	}
}

// patch changes the directory's record of the first entry at offset at.
func patch(b []byte, at int, v ...byte) []byte {
	b = bytes.Clone(b)
	copy(b[bytes.Index(b, []byte("PK\x01\x02"))+at:], v)
	return b
}

func TestRefuses(t *testing.T) {
	plain := zipped(t, "a.shp")
	const flags, method, crc, size = 8, 10, 16, 24
	tests := []struct {
		name string
		b    []byte
		kind geo.ErrorKind
		says string
	}{
		{"encrypted", patch(plain, flags, 9), geo.KindInvalid, "encrypted"},
		{"another method", patch(plain, method, 9), geo.KindInvalid, "method 9"},
		{"a bomb", patch(plain, size, 0, 0, 0, 0x40), geo.KindLimit, "would take 1024 MB"},
		{"more than claimed", patch(plain, size, 3, 0, 0, 0), geo.KindInvalid, "a.shp"},
		{"less than claimed", patch(plain, size, 99, 0, 0, 0), geo.KindInvalid, "a.shp is damaged"},
		{"another checksum", patch(plain, crc, 1, 2, 3, 4), geo.KindInvalid, "a.shp is damaged"},
	}
	for _, test := range tests {
		a, err := opened(t, test.b)
		if err == nil {
			var r io.ReadCloser
			if r, err = a.Entries[0].Open(); err == nil {
				_, err = io.ReadAll(r)
				r.Close()
			}
		}
		if geo.KindOf(err) != test.kind || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	for _, b := range [][]byte{plain[:len(plain)-1], plain[:10], []byte("PK\x03\x04")} {
		if _, err := opened(t, b); geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "damaged zip") {
			t.Errorf("%d bytes: %v", len(b), err)
		}
	}
}

// TestLongDirectory claims more entries than may be listed: 200,000 are 10 MB of directory.
func TestLongDirectory(t *testing.T) {
	var b bytes.Buffer
	entry := make([]byte, 46+4)
	copy(entry, "PK\x01\x02")
	binary.LittleEndian.PutUint16(entry[28:], 4)
	copy(entry[46:], "a.cs")
	for range 200_000 {
		b.Write(entry)
	}
	end := make([]byte, 22)
	copy(end, "PK\x05\x06")
	binary.LittleEndian.PutUint16(end[10:], 200_000&0xffff)
	binary.LittleEndian.PutUint32(end[12:], uint32(b.Len()))
	b.Write(end)
	if _, err := opened(t, b.Bytes()); geo.KindOf(err) != geo.KindLimit {
		t.Error(err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(zipped(f, "a.shp", "x/b.dbf"))
	f.Add(zipped(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := directory(bytes.NewReader(b), int64(len(b)), "a.zip")
		if err != nil {
			if geo.KindOf(err) == geo.KindInternal {
				t.Fatal(err)
			}
			return
		}
		for i, e := range entries {
			if strings.HasPrefix(e.Name, "/") || strings.HasPrefix(e.Name, "../") || strings.Contains(e.Name, "/../") || e.Size < 0 {
				t.Fatalf("%q %d", e.Name, e.Size)
			}
			r, err := e.Open()
			if err != nil || i > 20 {
				continue
			}
			n, err := io.Copy(io.Discard, r)
			if err == nil && n != e.Size || n > e.Size || err != nil && geo.KindOf(err) == geo.KindInternal && !errors.Is(err, io.EOF) {
				t.Fatalf("%q: %d of %d bytes, %v", e.Name, n, e.Size, err)
			}
			r.Close()
		}
	})
}
