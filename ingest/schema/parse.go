package schema

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"puy/geo"
)

// Read reads a schema of at most MaxFile bytes: a Table Schema, a data package
// with one, or a JSON Schema of a row, of a list of rows, or of a GeoJSON
// FeatureCollection. Errors are of KindInvalid and KindLimit.
func Read(r io.Reader) (*Schema, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, geo.Errorf(geo.KindUnavailable, "the schema cannot be read: %w", err)
	}
	return Parse(data)
}

// Parse reads a schema as Read does.
func Parse(data []byte) (*Schema, error) {
	if len(data) > MaxFile {
		return nil, geo.Errorf(geo.KindLimit, "a schema file has at most %d bytes", MaxFile)
	}
	sum := sha256.Sum256(data)
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	s, err := parse(data)
	if err != nil {
		return nil, err
	}
	if len(s.Fields) == 0 {
		return nil, geo.Errorf(geo.KindInvalid, "the schema has no field")
	}
	s.Checksum = hex.EncodeToString(sum[:])
	s.index()
	return s, nil
}

func parse(data []byte) (*Schema, error) {
	var kind struct {
		Fields    json.RawMessage `json:"fields"`
		Resources []tableResource `json:"resources"`
	}
	if err := json.Unmarshal(data, &kind); err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "the schema is not a JSON object: %w", err)
	}
	if kind.Fields == nil {
		for _, r := range kind.Resources {
			if len(r.Schema) > 0 && r.Schema[0] == '{' {
				return parseTableJSON(r.Schema)
			}
		}
		return parseJSONSchema(data)
	}
	return parseTableJSON(data)
}

func parseTableJSON(data []byte) (*Schema, error) {
	var doc tableDoc
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "the file is not a Table Schema: %w", err)
	}
	return parseTable(&doc)
}

// pattern compiles a regular expression; one that RE2 cannot have (look-around,
// back-references) is told as unchecked.
func (s *Schema) pattern(f *Field, text string, whole bool) {
	if text == "" {
		return
	}
	expr := text
	if whole {
		expr = "^(?:" + text + ")$"
	}
	var compiled *regexp.Regexp
	err := fmt.Errorf("more than %d bytes", maxPattern)
	if len(text) <= maxPattern {
		compiled, err = regexp.Compile(expr)
	}
	if err != nil {
		s.Unchecked = append(s.Unchecked, unchecked("champ %s : le motif %q est inutilisable", "field %s: the pattern %q cannot be used", f.Name, clip(text)))
		return
	}
	f.Pattern = compiled
}

func clip(s string) string { return geo.ClipValue(s) }

// texts is a list of texts, or one text alone; numbers and booleans are taken
// as they are spelled.
type texts []string

// UnmarshalJSON reads a list or a single value.
func (t *texts) UnmarshalJSON(data []byte) error {
	var list []text
	if len(data) > 0 && data[0] == '[' {
		if err := json.Unmarshal(data, &list); err != nil {
			return err
		}
	} else {
		var one text
		if err := one.UnmarshalJSON(data); err != nil {
			return err
		}
		list = []text{one}
		if string(data) == "null" {
			list = nil
		}
	}
	*t = nil
	for _, v := range list {
		*t = append(*t, string(v))
	}
	return nil
}

// text is a JSON scalar as text.
type text string

// UnmarshalJSON reads any scalar.
func (t *text) UnmarshalJSON(data []byte) error {
	switch {
	case len(data) == 0 || string(data) == "null":
		*t = ""
		return nil
	case data[0] == '"':
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*t = text(s)
		return nil
	case data[0] == '{' || data[0] == '[':
		return fmt.Errorf("a single value is expected, not %s", clip(string(data)))
	}
	*t = text(data)
	return nil
}

// flag is a boolean that some files write as text.
type flag bool

// UnmarshalJSON reads true, false, and those as text; all else is false.
func (b *flag) UnmarshalJSON(data []byte) error {
	v, err := strconv.ParseBool(strings.Trim(string(data), `"`))
	*b = flag(v && err == nil)
	return nil
}
