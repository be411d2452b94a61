package portal

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"puy/store"
)

// linked data is written in the words of schema.org, for search engines.
type thing = map[string]any

func newThing(kind, id, name string) thing {
	return thing{"@type": kind, "@id": id, "name": name}
}

// describeAsData tells search engines what the page is of: the catalogue, a
// dataset, or the place of a feature.
func (c *resourcePage) describeAsData() error {
	var t thing
	switch c.Schema {
	case "landingPage", "collections":
		t = newThing("DataCatalog", c.Canonical, c.PortalTitle)
		var datasets []thing
		for _, d := range c.view.Collections {
			datasets = append(datasets, c.datasetThing(d))
		}
		t["dataset"] = datasets
	case "collection", "featureCollection":
		if c.dataset == nil {
			return nil
		}
		t = c.datasetThing(*c.dataset)
		var downloads []thing
		for _, l := range append(c.Formats, c.Links...) {
			if l.Rel == "items" || l.Rel == "enclosure" || c.Schema == "featureCollection" && l.Rel == "alternate" && l.Lang == "" {
				downloads = append(downloads, thing{"@type": "DataDownload", "name": l.Text, "contentUrl": l.Href, "encodingFormat": l.Type})
			}
		}
		if len(downloads) > 0 {
			t["distribution"] = downloads
		}
	case "feature":
		t = newThing("Place", c.resource.Address, c.Heading)
		t["identifier"] = c.resource.Item
		t["url"] = c.Canonical
		if m := c.Map; m != nil && !c.resource.Query.Has("crs") {
			t["geo"] = shapeThing(m.Data.Bounds)
		}
		if c.dataset != nil {
			t["subjectOf"] = thing{"@id": c.datasetAddress(*c.dataset)}
		}
	default:
		return nil
	}
	t["@context"] = "https://schema.org/"
	c.LinkedData = t
	return nil
}

func (c *resourcePage) datasetAddress(d store.Dataset) string {
	address, _, _ := strings.Cut(c.resource.Address, "/api")
	return address + "/datasets/" + d.ID
}

func (c *resourcePage) datasetThing(d store.Dataset) thing {
	t := newThing("Dataset", c.datasetAddress(d), cmp.Or(d.Title.In(c.Code), d.ID))
	t["url"], t["identifier"] = c.datasetAddress(d), d.ID
	t["dateModified"] = d.Current.Updated().UTC().Format(time.RFC3339)
	if text := strings.TrimSpace(d.Description.In(c.Code)); text != "" {
		t["description"] = text
	}
	if len(d.Keywords) > 0 {
		t["keywords"] = d.Keywords
	}
	if licence, ok := c.view.Portal.Licence(d.Licence); ok {
		t["license"] = licence.URL
	}
	if publisher := c.view.Publisher(d); publisher.Name != "" {
		organization := thing{"@type": "Organization", "name": publisher.Name}
		if publisher.URL != "" {
			organization["url"] = publisher.URL
		}
		t["publisher"] = organization
	}
	if e := d.Current.Extent; d.Current.Schema.Spatial() && !e.IsEmpty() {
		t["spatialCoverage"] = thing{"@type": "Place", "geo": shapeThing([4]float64{e.MinX, e.MinY, e.MaxX, e.MaxY})}
	}
	return t
}

// shapeThing gives a point, or a box as schema.org writes it: latitude before
// longitude, the lower corner first.
func shapeThing(b [4]float64) thing {
	if b[0] == b[2] && b[1] == b[3] {
		return thing{"@type": "GeoCoordinates", "latitude": b[1], "longitude": b[0]}
	}
	return thing{"@type": "GeoShape", "box": fmt.Sprintf("%v %v %v %v", b[1], b[0], b[3], b[2])}
}
