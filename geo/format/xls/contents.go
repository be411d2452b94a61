package xls

import (
	"errors"
	"os"
	"slices"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/xls/cfb"
)

// Names gives the names of what is in a compound file, which workbooks are and other
// old documents as well.
func Names(src *format.Source) ([]string, error) {
	c, err := openContainer(src)
	if err != nil {
		return nil, err
	}
	return c.Names(), c.close()
}

// Holds tells whether a compound file with these names in it is a workbook.
func Holds(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return slices.ContainsFunc(streams(), func(s string) bool { return strings.EqualFold(s, name) })
	})
}

// streams gives the names that workbooks have in compound files: BIFF8, BIFF5.
func streams() []string { return []string{"Workbook", "Book"} }

// container is an open compound file.
type container struct {
	*cfb.File
	file   *os.File
	remove func() error
}

func openContainer(src *format.Source) (*container, error) {
	path, remove, err := src.AtRandom()
	if err != nil {
		return nil, err
	}
	c := &container{remove: remove}
	if c.file, err = os.Open(path); err != nil {
		return nil, errors.Join(geo.Errorf(geo.KindInvalid, "cannot read %s: %w", src.Name(), err), remove())
	}
	info, err := c.file.Stat()
	if err == nil {
		c.File, err = cfb.Open(c.file, info.Size())
	}
	if err != nil {
		return nil, errors.Join(geo.Errorf(geo.KindOf(err), "%s is a damaged document: %w", src.Name(), err), c.close())
	}
	return c, nil
}

func (c *container) close() error {
	c.file.Close()
	return c.remove()
}
