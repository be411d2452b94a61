package jsontable

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"puy/geo/format"
	"puy/geo/format/record"
)

// Format is tables in JSON, which are read only.
func Format() format.Format {
	return format.Format{
		Name:       "jsontable",
		Title:      "JSON tables",
		MediaType:  "application/json",
		Extensions: []string{".jsontable"},
		Detect:     func(_ string, head []byte) bool { return isTable(head) },
		Open:       open,
		Layers:     layers,
	}
}

// usual are the names under which services give their rows.
func usual(name string) bool {
	return slices.Contains([]string{"results", "result", "records", "data", "items", "rows", "value", "values", "donnees", "données", "resultats", "résultats"}, strings.ToLower(name))
}

// described are names of arrays of objects that describe data and are none.
func described(name string) bool {
	return slices.Contains([]string{"fields", "resources", "links", "features", "layers", "properties", "definitions", "assets", "columns", "schemas", "geometries"}, name)
}

// isTable tells whether head is that of an array of objects, or of an object with one
// under a usual name, or with nothing else.
func isTable(head []byte) bool {
	if len(head) > 1 && (head[0] >= 0xfe || head[0] == 0 || head[1] == 0) { // UTF-16
		head = bytes.TrimLeft(bytes.ReplaceAll(head, []byte{0}, nil), "\xfe\xff")
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	if len(head) == 0 || head[0] != '[' && head[0] != '{' {
		return false
	}
	var others []string
	list := ""
	w := record.NewWalker(bytes.NewReader(head), "", len(head)+1)
	n, err := w.Next(func(path []string, first byte) record.Action {
		switch len(path) {
		case 0:
			return record.Enter
		case 1:
			if path[0] == record.AnyElement && first == '{' {
				return record.Take
			}
			if list = path[0]; first == '[' && list != record.AnyElement && (usual(list) || len(others) == 0 && !described(list)) {
				return record.Enter
			}
			others = append(others, list)
		case 2:
			if first == '{' {
				return record.Take
			}
		}
		return record.Skip
	})
	if err != nil {
		return false
	}
	if n.Child("type").Value() == "Feature" || n.Child("geometry") != nil && n.Child("properties") != nil {
		return false
	}
	if list == "" || list == record.AnyElement || usual(list) {
		return true
	}
	// What follows a list under another name may tell that it is none of data.
	_, err = w.Next(func(path []string, _ byte) record.Action {
		if len(path) == 1 {
			return record.Take
		}
		return record.Skip
	})
	return err != nil
}

func layers(ctx context.Context, src *format.Source) ([]string, error) {
	s, err := look(ctx, src, "")
	if err != nil {
		return nil, err
	}
	return s.names(), nil
}
