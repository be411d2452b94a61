package sets

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
)

// Coast cuts shorelines into lines of at most vertices vertices, each beginning
// where the one before it ends, and gives how many it wrote. It reads the text of
// `gmt coast -R-180/180/-90/90 -Df -W -M`: a line "> Shore Bin # 2442, Level 1"
// before the vertices, longitude and latitude, of each shoreline.
//
// Of GSHHG 2.3.7, 10 vertices give 1,236,204 lines and 2 give 10,428,452.
func Coast(w io.Writer, r io.Reader, vertices int) (lines int, err error) {
	out := bufio.NewWriterSize(w, 1<<20)
	in := bufio.NewScanner(r)
	c := coast{out: out, most: vertices}
	for in.Scan() {
		text := in.Bytes()
		if len(text) > 0 && text[0] == '>' {
			c.end()
			if _, err := fmt.Sscanf(string(text), "> Shore Bin # %d, Level %d", &c.bin, &c.level); err != nil {
				return c.lines, fmt.Errorf("the heading %q: %w", text, err)
			}
			continue
		}
		if err := c.vertex(text); err != nil {
			return c.lines, err
		}
	}
	if err := in.Err(); err != nil {
		return c.lines, err
	}
	c.end()
	return c.lines, out.Flush()
}

type coast struct {
	out        *bufio.Writer
	most       int
	bin, level int
	lines      int

	piece []byte // its vertices as GeoJSON
	last  []byte // the last of them
	n     int
}

func (c *coast) vertex(text []byte) error {
	x, y, ok := bytes.Cut(text, []byte{'\t'})
	lon, errX := strconv.ParseFloat(string(x), 64)
	lat, errY := strconv.ParseFloat(string(bytes.TrimSpace(y)), 64)
	if !ok || errX != nil || errY != nil {
		return fmt.Errorf("%q is no longitude and latitude", text)
	}
	if c.n == c.most {
		c.write()
		c.piece, c.n = append(c.piece[:0], c.last...), 1
	}
	c.last = strconv.AppendFloat(append(c.last[:0], '['), lon, 'f', 6, 64)
	c.last = append(strconv.AppendFloat(append(c.last, ','), lat, 'f', 6, 64), ']')
	if c.n > 0 {
		c.piece = append(c.piece, ',')
	}
	c.piece = append(c.piece, c.last...)
	c.n++
	return nil
}

// end closes the shoreline.
func (c *coast) end() {
	if c.n > 1 {
		c.write()
	}
	c.piece, c.n = c.piece[:0], 0
}

func (c *coast) write() {
	c.lines++
	fmt.Fprintf(c.out, `{"type":"Feature","properties":{"id":%d,"bin":%d,"level":%d},"geometry":{"type":"LineString","coordinates":[%s]}}`+"\n",
		c.lines, c.bin, c.level, c.piece)
}
