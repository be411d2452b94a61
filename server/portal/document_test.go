package portal

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/web"
)

// What leads on from a row stands beside its name, in one line.
func TestLinksOfRowsStandInFront(t *testing.T) {
	languages, err := web.Languages()
	if err != nil {
		t.Fatal(err)
	}
	const document = `[{"version": 2, "source": "a", "links": [{"href": "/2", "rel": "item"}]}, {"version": 1, "source": "b", "links": [{"href": "/1", "rel": "item"}, {"href": "/1/items", "rel": "items"}]}]`
	n, err := readNode(languages[1], json.NewDecoder(strings.NewReader(document)), "versions", 0)
	if err != nil || n.Kind != kindTable {
		t.Fatal(n.Kind, err)
	}
	for _, row := range n.Nodes {
		var names []string
		for _, cell := range row.Nodes {
			names = append(names, cell.Name)
		}
		if diff := cmp.Diff([]string{"version", "links", "source"}, names); diff != "" {
			t.Error(diff)
		}
	}
	if !n.Nodes[0].Nodes[1].Narrow() || (&node{Kind: kindText, Text: strings.Repeat("long ", 9)}).Narrow() {
		t.Error("links break, or long texts do not")
	}
}
