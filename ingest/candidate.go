package ingest

import (
	"hash/maphash"
	"slices"
	"strings"
	"unicode"

	"puy/geo"
)

// Candidate is a field that could be the key: it has a value in each row, and no
// value twice.
type Candidate struct {
	Field string `json:"field"`
	// Sampled tells that the file is too long to compare all values.
	Sampled bool `json:"sampled,omitempty"`
}

// candidates finds the fields that could be the key.
type candidates struct {
	seed   maphash.Seed
	schema *geo.Schema
	seen   []*fingerprints // nil for fields that cannot be the key
	rows   int64
	buf    []byte
}

// maxCandidates bounds the fields that are looked at, from the first on.
const maxCandidates = 64

func newCandidates(s *geo.Schema) *candidates {
	c := &candidates{seed: maphash.MakeSeed(), schema: s, seen: make([]*fingerprints, len(s.Fields))}
	for i, f := range s.Fields {
		if i < maxCandidates && (f.Type == geo.TypeText || f.Type == geo.TypeInteger) {
			c.seen[i] = newFingerprints(maxSlots / 16)
		}
	}
	return c
}

// add takes the values of a row.
func (c *candidates) add(values []geo.Value) {
	c.rows++
	for i, seen := range c.seen {
		if seen == nil {
			continue
		}
		c.buf = values[i].Append(c.buf[:0])
		// What is longer than an identifier is none.
		if len(c.buf) == 0 || len(c.buf) > 200 || seen.add(maphash.Bytes(c.seed, c.buf), c.rows) != 0 {
			c.seen[i] = nil
		}
	}
}

// found gives the candidates but for those that are excepted, the likeliest first:
// by name, then by place.
func (c *candidates) found(except []string) []Candidate {
	if c.rows < 2 {
		return nil
	}
	var found []Candidate
	for i, seen := range c.seen {
		if seen != nil && !slices.Contains(except, c.schema.Fields[i].Name) {
			found = append(found, Candidate{c.schema.Fields[i].Name, !seen.whole()})
		}
	}
	slices.SortStableFunc(found, func(a, b Candidate) int { return keyName(a.Field) - keyName(b.Field) })
	return found
}

// keyName ranks a name, 0 for that of a key.
func keyName(name string) int {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	rank := 2
	for _, w := range words {
		switch w {
		case "id", "uid", "uuid", "identifiant", "cle", "clé", "key", "siret":
			return 0
		case "code", "ref", "reference", "référence", "num", "numero", "numéro", "no", "insee":
			rank = 1
		case "fid", "ogc", "objectid", "gid", "rowid", "line", "ligne": // numbers that exports give anew
			return 3
		}
	}
	return rank
}
