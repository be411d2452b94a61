package catalog_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/catalog"
)

func TestSourceTags(t *testing.T) {
	parse := func(tags string) (catalog.Dataset, error) {
		return catalog.ParseDataset("in.yaml", []byte("id: a\ntitle: {fr: A}\nlicence: odc-odbl\nsource: {file: a.osm.pbf, tags: "+tags+"}\n"), &catalog.Portal{})
	}
	d, err := parse(`[highway=cycleway, cycleway=*, "highway=path & bicycle=designated"]`)
	if diff := cmp.Diff([]string{"highway=cycleway", "cycleway=*", "highway=path & bicycle=designated"}, d.Source.Tags); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for tags, says := range map[string]string{
		"[highway=]":       `in.yaml:4:33: source.tags: "highway=": the value of highway is missing; * stands for any`,
		"highway=cycleway": `"source.tags": a list is expected`,
		"[!bicycle]":       "in.yaml:4", // a tag of YAML
		`["!bicycle"]`:     "only what must not be there",
	} {
		if _, err := parse(tags); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", tags, err)
		}
	}
}
