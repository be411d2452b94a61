package record

import (
	"encoding/xml"

	"puy/geo/format/markup"
)

// Element reads the element that s stands in, whose start is e, to its end. Names lose
// their prefixes, and attributes are not read. Errors are as those of s, and of
// KindLimit.
func Element(s *markup.Scanner, e xml.StartElement) (Node, error) {
	left := budget{bytes: MaxBytes, nodes: maxNodes}
	return element(s, e, &left, 0)
}

// budget is what a record may have yet.
type budget struct{ bytes, nodes int }

func element(s *markup.Scanner, e xml.StartElement, left *budget, depth int) (Node, error) {
	n := Node{Key: e.Name.Local, Kind: Text}
	if depth > maxDepth {
		return n, s.Limit("elements are nested more than %d deep", maxDepth)
	}
	left.bytes -= len(n.Key)
	if left.nodes--; left.nodes < 0 {
		return n, s.Limit("one record has more than %d elements", maxNodes)
	}
	var text []byte
	err := s.Each(func(e xml.StartElement) error {
		child, err := element(s, e, left, depth+1)
		n.Nodes = append(n.Nodes, child)
		return err
	}, func(b []byte) error {
		if left.bytes -= len(b); left.bytes < 0 {
			return s.Limit("one record takes more than %d MB", MaxBytes>>20)
		}
		text = append(text, b...)
		return nil
	})
	if len(n.Nodes) > 0 {
		n.Kind = Object
	} else {
		n.Text = string(text)
	}
	return n, err
}
