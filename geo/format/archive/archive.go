package archive

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
	"golang.org/x/text/encoding/charmap"

	"puy/geo"
	"puy/geo/format"
)

const (
	// maxDirectory bounds the bytes of the central directory: some 100,000 entries.
	maxDirectory = 8 << 20
	// maxEntry bounds what an entry unpacks to.
	maxEntry = 8 << 30
	// An entry of more than suspect bytes that is packed more than maxRatio times
	// is a bomb. Tables of blanks reach 200 times; deflate ends at 1,032.
	suspect  = 512 << 20
	maxRatio = 400
)

// IsZip tells whether a file that starts with head is a zip archive.
func IsZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06"))
}

// Archive is an open zip file. Its entries may be read at the same time.
type Archive struct {
	Entries []Entry // regular files only: no symbolic links, nor what macOS adds
	file    *os.File
}

// Entry is one file in an archive.
type Entry struct {
	// Name is the path with slashes, in UTF-8 and without "..".
	Name string
	Size int64 // unpacked, in bytes, as the archive claims
	zip  *zip.File
}

// Open reads the directory of src. Errors are of KindInvalid and KindLimit.
func Open(src *format.Source) (*Archive, error) {
	if src.Compressed() {
		return nil, geo.Errorf(geo.KindInvalid, "%s is a zip archive inside gzip; unpack one of them", src.Name())
	}
	f, err := os.Open(src.Path())
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "cannot read %s: %w", src.Name(), err)
	}
	entries, err := directory(f, src.Size(), src.Name())
	if err != nil {
		f.Close()
		return nil, err
	}
	return &Archive{Entries: entries, file: f}, nil
}

// Close closes the file.
func (a *Archive) Close() error { return a.file.Close() }

// Names gives the names of all entries.
func (a *Archive) Names() []string {
	names := make([]string, len(a.Entries))
	for i := range a.Entries {
		names[i] = a.Entries[i].Name
	}
	return names
}

var errDirectory = errors.New("the directory is too long")

// meteredAt lets at most left bytes through while it is metered.
type meteredAt struct {
	r       io.ReaderAt
	left    int64
	metered bool
}

func (m *meteredAt) ReadAt(b []byte, at int64) (int, error) {
	if !m.metered {
		return m.r.ReadAt(b, at)
	}
	if m.left -= int64(len(b)); m.left < 0 {
		return 0, errDirectory
	}
	return m.r.ReadAt(b, at)
}

func directory(r io.ReaderAt, size int64, name string) ([]Entry, error) {
	at := &meteredAt{r: r, left: maxDirectory, metered: true}
	z, err := zip.NewReader(at, size)
	switch {
	case errors.Is(err, errDirectory):
		return nil, geo.Errorf(geo.KindLimit, "%s has a directory of more than %d MB", name, maxDirectory>>20)
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return nil, geo.Errorf(geo.KindInvalid, "%s is a damaged zip archive: %w", name, err)
	}
	at.metered = false
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	var entries []Entry
	for _, f := range z.File {
		clean := cleanName(f)
		base := path.Base(clean)
		if !f.Mode().IsRegular() || strings.HasPrefix(clean, "__MACOSX/") || strings.HasPrefix(base, "._") || base == ".DS_Store" || clean == "" {
			continue
		}
		entries = append(entries, Entry{Name: clean, Size: int64(min(f.UncompressedSize64, 1<<62)), zip: f})
	}
	return entries, nil
}

// cleanName gives the name in UTF-8. Names that are not UTF-8 are in a DOS code
// page; that of Western Europe is a superset of the original one as far as French goes.
func cleanName(f *zip.File) string {
	name := f.Name
	if !utf8.ValidString(name) {
		if decoded, err := charmap.CodePage850.NewDecoder().String(name); err == nil {
			name = decoded
		}
	}
	name = strings.ReplaceAll(strings.ReplaceAll(name, `\`, "/"), "\x00", "")
	return strings.TrimPrefix(path.Clean("/"+name), "/")
}

// Open starts reading the entry. Errors, also later ones, are of KindInvalid and
// KindLimit and name the entry.
func (e Entry) Open() (io.ReadCloser, error) {
	packed := int64(min(e.zip.CompressedSize64, 1<<62))
	switch {
	case e.zip.Flags&1 != 0:
		return nil, geo.Errorf(geo.KindInvalid, "%s is encrypted", e.Name)
	case e.Size > maxEntry, e.Size > suspect && e.Size/maxRatio > packed:
		return nil, geo.Errorf(geo.KindLimit, "%s would take %d MB when it is unpacked from %d kB", e.Name, e.Size>>20, packed>>10)
	}
	r, err := e.zip.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, geo.Errorf(geo.KindInvalid, "%s is packed with method %d, which is not supported; use deflate", e.Name, e.zip.Method)
	}
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "%s is damaged: %w", e.Name, err)
	}
	return &entryReader{r: r, name: e.Name, left: e.Size}, nil
}

// entryReader reads no more than the entry claims to hold.
type entryReader struct {
	r    io.ReadCloser
	name string
	left int64
}

func (r *entryReader) Read(b []byte) (int, error) {
	n, err := r.r.Read(b)
	if r.left -= int64(n); r.left < 0 {
		return 0, geo.Errorf(geo.KindInvalid, "%s holds more than the archive claims", r.name)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = geo.Errorf(geo.KindInvalid, "%s is damaged: %w", r.name, err)
	}
	return n, err
}

func (r *entryReader) Close() error { return r.r.Close() }
