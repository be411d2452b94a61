package source

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"encoding/xml"
	"hash"
	"io"
	"os"
	"strconv"
	"strings"

	"puy/geo"
)

// members makes one document of the pages of a WFS server: the first one with
// the members of all, byte by byte, so that nothing of the GML is understood here.
type members struct {
	out   *bufio.Writer
	most  int64
	bytes int64
	head  string          // the root's name and namespaces; empty before the first page
	root  string          // the name that closes it
	seen  map[string]bool // the namespaces of the first page
	last  [sha256.Size]byte
	sum   hash.Hash
}

func newMembers(w io.Writer, most int64) *members {
	return &members{out: bufio.NewWriterSize(w, 256<<10), most: most, seen: map[string]bool{}}
}

// maxToken bounds one piece of text in a document, which is in memory.
const maxToken = 256 << 20

func (m *members) take(path string) (returned, matched int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0, geo.Errorf(geo.KindInternal, "cannot read a temporary file: %w", err)
	}
	defer f.Close()
	in := &tokenReader{r: bufio.NewReaderSize(f, 256<<10)}
	d := xml.NewDecoder(in)
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return asciiReader{r}, nil }
	m.sum = sha256.New()
	matched = -1
	depth, start, kind := 0, int64(0), ""
	for {
		before := d.InputOffset()
		in.left = maxToken
		t, err := d.RawToken()
		if err == io.EOF && depth == 0 && m.head != "" {
			break
		} else if err != nil {
			return 0, 0, geo.Errorf(geo.KindInvalid, "the answer is not GML: %w", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			switch depth {
			case 1:
				if matched, err = m.begin(d, in, t, f); err != nil {
					return 0, 0, err
				}
			case 2:
				start, kind = before, t.Name.Local
				if kind == "member" || kind == "featureMember" {
					returned++
				}
			case 3:
				if kind == "featureMembers" {
					returned++
				}
			}
		case xml.EndElement:
			depth--
			if depth == 1 && (kind == "member" || kind == "featureMember" || kind == "featureMembers") {
				if err := m.copy(f, start, d.InputOffset()); err != nil {
					return 0, 0, err
				}
			}
		}
	}
	sum := [sha256.Size]byte(m.sum.Sum(nil))
	if returned > 0 && sum == m.last {
		return 0, 0, errSamePage
	}
	m.last = sum
	return returned, matched, nil
}

// begin looks at the root of a page, and copies that of the first.
func (m *members) begin(d *xml.Decoder, in *tokenReader, root xml.StartElement, f io.ReaderAt) (matched int64, err error) {
	switch root.Name.Local {
	case "FeatureCollection":
	case "ExceptionReport", "ServiceExceptionReport":
		return 0, exception(d, in)
	default:
		return 0, geo.Errorf(geo.KindInvalid, "the answer is XML, but not GML features: its root is %s", geo.ClipValue(root.Name.Local))
	}
	matched = -1
	first := m.head == ""
	for _, a := range root.Attr {
		if a.Name.Local == "numberMatched" {
			if n, err := strconv.ParseInt(a.Value, 10, 53); err == nil && n >= 0 {
				matched = n
			}
		}
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			continue
		}
		name := a.Name.Local + "=" + a.Value
		if first {
			m.seen[name] = true
		} else if !m.seen[name] {
			return 0, geo.Errorf(geo.KindInvalid, "the pages of the source do not fit together: only some declare the namespace %s", geo.ClipValue(name))
		}
	}
	if !first {
		return matched, nil
	}
	m.root = root.Name.Local
	if root.Name.Space != "" {
		m.root = root.Name.Space + ":" + m.root
	}
	head := make([]byte, min(d.InputOffset(), maxHead+1))
	if _, err := f.ReadAt(head, 0); err != nil || len(head) > maxHead {
		return 0, geo.Errorf(geo.KindLimit, "the head of the answer is too long")
	}
	// An empty collection may close itself.
	m.head = strings.TrimSuffix(strings.TrimSuffix(string(head), ">"), "/") + ">"
	m.bytes += int64(len(m.head))
	if _, err := m.out.WriteString(m.head + "\n"); err != nil {
		return 0, geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
	}
	return matched, nil
}

const maxHead = 1 << 20

func (m *members) copy(f io.ReaderAt, from, to int64) error {
	if m.bytes += to - from; m.bytes > m.most {
		return geo.Errorf(geo.KindLimit, "the source has more than %d bytes", m.most)
	}
	if _, err := io.Copy(io.MultiWriter(m.out, m.sum), io.NewSectionReader(f, from, to-from)); err != nil {
		return geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
	}
	return m.out.WriteByte('\n')
}

func (m *members) finish() error {
	if _, err := m.out.WriteString("</" + m.root + ">\n"); err != nil {
		return geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
	}
	return m.out.Flush()
}

// exception gives what a server says in the place of features (OGC 06-121r3, section 8).
func exception(d *xml.Decoder, in *tokenReader) error {
	var text bytes.Buffer
	for text.Len() < 1000 {
		in.left = maxHead
		t, err := d.RawToken()
		if err != nil {
			break
		}
		if part, ok := t.(xml.CharData); ok {
			text.Write(bytes.TrimSpace(part))
		}
	}
	return geo.Errorf(geo.KindInvalid, "the source answers with an error: %s", geo.ClipValue(text.String()))
}

// tokenReader ends a document with too much text in one piece.
type tokenReader struct {
	r    io.Reader
	left int
}

func (t *tokenReader) Read(b []byte) (int, error) {
	if t.left <= 0 {
		return 0, geo.Errorf(geo.KindLimit, "a piece of text has more than %d bytes", maxToken)
	}
	n, err := t.r.Read(b[:min(len(b), t.left)])
	t.left -= n
	return n, err
}

// asciiReader lets a document of another encoding be looked through for its
// tags: each byte that is not ASCII becomes one that is.
type asciiReader struct{ r io.Reader }

func (a asciiReader) Read(b []byte) (int, error) {
	n, err := a.r.Read(b)
	for i, c := range b[:n] {
		if c >= 0x80 {
			b[i] = '?'
		}
	}
	return n, err
}

// jsonMembers is the same for pages of GeoJSON.
type jsonMembers struct {
	out  *merged
	last [sha256.Size]byte
}

func (m *jsonMembers) take(path string) (returned, matched int64, err error) {
	sum := sha256.New()
	p, err := readPage(path, func(feature json.RawMessage) error {
		sum.Write(feature)
		return m.out.add(feature)
	})
	if err != nil {
		return 0, 0, err
	}
	if s := [sha256.Size]byte(sum.Sum(nil)); p.Features > 0 && s == m.last {
		return 0, 0, errSamePage
	} else {
		m.last = s
	}
	if p.crs {
		return 0, 0, geo.Errorf(geo.KindInvalid, "the source gives GeoJSON in a CRS of its own").
			WithHint("leave source.output out, to get GML")
	}
	return p.Features, p.Matched, nil
}

func (m *jsonMembers) finish() error { return m.out.end() }
