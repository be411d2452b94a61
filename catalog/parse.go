package catalog

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format/osmpbf/tagfilter"
)

// slug is the form of dataset ids. QGIS puts ids unescaped into URLs.
var slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

const maxSlug = 63

// maxTouching bounds, in metres, what is a tiny gap.
const maxTouching = 100

// minTileBytes is a budget within which a tile can still show something.
const minTileBytes = 10_000

// CheckID tells whether id can name a dataset: lower-case letters, digits and
// single hyphens, at most 63. The error is of KindInvalid.
func CheckID(id string) error {
	if len(id) > maxSlug || !slug.MatchString(id) {
		return geo.Errorf(geo.KindInvalid, "%q is not a dataset id: use a–z, 0–9 and single hyphens, at most %d characters", id, maxSlug)
	}
	return nil
}

// ParsePortal reads the contents of portal.yaml. Name stands in errors.
func ParsePortal(name string, data []byte) (Portal, error) {
	var p Portal
	doc, err := parse(name, data, &p)
	if err != nil {
		return Portal{}, err
	}
	c := checker{doc: doc}
	if p.Title.IsZero() {
		c.note([]string{"title"}, "title is missing")
	}
	if p.PublicURL != "" {
		c.httpURL(p.PublicURL, "public_url")
		p.PublicURL = strings.TrimRight(p.PublicURL, "/")
	}
	if p.Contact.URL != "" {
		c.httpURL(p.Contact.URL, "contact", "url")
	}
	for _, lang := range p.Languages {
		if lang != "fr" && lang != "en" {
			c.note([]string{"languages"}, "languages: %q is not one of fr, en", lang)
		}
	}
	if lon, lat := p.View.Center[0], p.View.Center[1]; !(lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90) {
		c.note([]string{"view", "center"}, "view.center: [longitude, latitude] in degrees is expected")
	}
	if z := p.View.Zoom; !(z >= 0 && z <= 24) {
		c.note([]string{"view", "zoom"}, "view.zoom: a number from 0 to 24 is expected")
	}
	for _, id := range slices.Sorted(maps.Keys(p.Licences)) {
		l := p.Licences[id]
		if l.Title.IsZero() {
			c.note([]string{"licences", id}, "licences.%s: title is missing", id)
		}
		c.httpURL(l.URL, "licences", id, "url")
	}
	for _, id := range slices.Sorted(maps.Keys(p.Themes)) {
		t := p.Themes[id]
		if t.Title.IsZero() {
			c.note([]string{"themes", id}, "themes.%s: title is missing", id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.Publishers)) {
		b := p.Publishers[id]
		if b.Name == "" {
			c.note([]string{"publishers", id}, "publishers.%s: name is missing", id)
		}
		if b.URL != "" {
			c.httpURL(b.URL, "publishers", id, "url")
		}
	}
	c.territory(p.Territory)
	return p, c.err()
}

// ParseDataset reads the contents of a dataset's file and checks it against
// the themes, publishers and licences of p. Name stands in errors.
func ParseDataset(name string, data []byte, p *Portal) (Dataset, error) {
	var d Dataset
	doc, err := parse(name, data, &d)
	if err != nil {
		return Dataset{}, err
	}
	c := checker{doc: doc}
	for _, id := range append([]string{d.ID}, d.Aliases...) {
		if err := CheckID(id); err != nil {
			c.note([]string{"id"}, "id: %v", err)
		}
	}
	if d.Title.IsZero() {
		c.note([]string{"title"}, "title is missing")
	}
	c.gate(&d)
	if _, known := p.Themes[d.Theme]; d.Theme != "" && !known {
		c.note([]string{"theme"}, "theme: portal.yaml has no theme %q", d.Theme)
	}
	if _, known := p.Publishers[d.Publisher]; d.Publisher != "" && !known {
		c.note([]string{"publisher"}, "publisher: portal.yaml has no publisher %q", d.Publisher)
	}
	if _, open := p.Licence(d.Licence); !d.Internal && !open && !d.Removed {
		c.note([]string{"licence"}, "licence: %q is not a known open licence; only an internal dataset may do without", d.Licence)
	}
	if d.Frequency != "" && !slices.Contains(Frequencies(), d.Frequency) {
		c.note([]string{"frequency"}, "frequency: %q is not one of %s", d.Frequency, strings.Join(Frequencies(), ", "))
	}
	c.fields(d.Fields)
	if d.Removed {
		d.Source = Source{} // which may be gone as well
	} else {
		c.source(d.Source)
	}
	if n := d.Keep.Versions; n < 0 || n > MaxKept {
		c.note([]string{"keep", "versions"}, "keep.versions: a number from 1 to %d is expected", MaxKept)
	}
	if d.Keep.Age < 0 {
		c.note([]string{"keep", "age"}, "keep.age: a positive duration such as 720h is expected")
	}
	c.territory(d.Territory)
	if d.Territory == nil {
		d.Territory = p.Territory
	}
	if !(d.Touching >= 0 && d.Touching <= maxTouching) {
		c.note([]string{"touching"}, "touching: metres from 0 to %d are expected", maxTouching)
	}
	if d.Editable && d.Source.IsArchive() {
		c.note([]string{"editable"}, "editable: an archive of tiles has no features to change")
	}
	if d.Tiles.Cluster != nil && d.Tiles.Cluster.Off {
		d.Tiles.Cluster = nil
	}
	c.cluster(&d)
	if n := d.Tiles.MaxBytes; n != 0 && n < minTileBytes {
		c.note([]string{"tiles", "max_bytes"}, "tiles.max_bytes: at least %d bytes are expected", minTileBytes)
	}
	for _, name := range slices.Sorted(maps.Keys(d.Tiles.Fields)) {
		if zoom := d.Tiles.Fields[name]; zoom < 0 || zoom > MaxFieldZoom {
			c.note([]string{"tiles", "fields", name}, "tiles.fields.%s: a zoom from 0 to %d is expected", name, MaxFieldZoom)
		}
	}
	return d, c.err()
}

// checker collects what is wrong in one document.
type checker struct {
	doc   *document
	found []string
}

func (c *checker) note(keys []string, format string, args ...any) {
	c.found = append(c.found, c.doc.at(keys...)+": "+fmt.Sprintf(format, args...))
}

func (c *checker) err() error {
	if len(c.found) == 0 {
		return nil
	}
	return geo.Errorf(geo.KindInvalid, "%s", strings.Join(c.found, "\n"))
}

func (c *checker) httpURL(text string, keys ...string) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		c.note(keys, "%s: %q is not an absolute http or https URL", strings.Join(keys, "."), text)
	}
}

func (c *checker) fields(fields []Field) {
	seen := map[string]bool{}
	for _, f := range fields {
		switch {
		case f.Name == "":
			c.note([]string{"fields"}, "fields: an entry has no name")
		case seen[f.Name]:
			c.note([]string{"fields"}, "fields: %q stands twice", f.Name)
		}
		seen[f.Name] = true
	}
}

// territory checks west, south, east, north in degrees.
func (c *checker) territory(t []float64) {
	if len(t) != 0 && (len(t) != 4 || !(t[0] >= -180 && t[0] < t[2] && t[2] <= 180 && t[1] >= -90 && t[1] < t[3] && t[3] <= 90)) {
		c.note([]string{"territory"}, "territory: west, south, east and north in degrees are expected, as [2.9, 45.6, 3.4, 45.9]")
	}
}

// isURL tells an address from the path of a file.
func isURL(text string) bool { return strings.Contains(text, "://") }

// CheckReading tells whether what s says of how its file is read can be meant.
// The error is of KindInvalid.
func (s Source) CheckReading() error {
	if key, err := s.reading(); err != nil {
		return geo.Errorf(geo.KindInvalid, "%s: %v", key, err)
	}
	return nil
}

func (s Source) reading() (key string, err error) {
	switch {
	case utf8.RuneCountInString(s.Delimiter) > 1:
		return "delimiter", errors.New("one character is expected")
	case s.Decimal != "" && s.Decimal != "." && s.Decimal != ",":
		return "decimal", errors.New(`"." or "," is expected`)
	case s.Header != "" && s.Header != "first" && s.Header != "none":
		return "header", errors.New(`"first" or "none" is expected`)
	case s.Axes != "" && s.Axes != "xy" && s.Axes != "yx":
		return "axes", errors.New(`"xy" or "yx" is expected`)
	case s.X != "" && s.Y == "":
		return "x", errors.New("x and y go together")
	case s.Y != "" && s.X == "":
		return "y", errors.New("x and y go together")
	}
	if _, err := tagfilter.Parse(s.Tags); err != nil {
		return "tags", err
	}
	if s.CRS != "" {
		code, ok := crs.Parse(s.CRS)
		if _, known := crs.Lookup(code); !ok || !known {
			return "crs", fmt.Errorf("puy does not know the CRS %q", s.CRS)
		}
	}
	return "", nil
}
