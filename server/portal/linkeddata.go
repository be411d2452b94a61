package portal

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"puy/ingest/schema"
	"puy/server/answer"
	"puy/store"
)

// linked data is written in the words of schema.org, for search engines.
type thing = map[string]any

const schemaOrg = "https://schema.org/"

func newThing(kind, id, name string) thing {
	return thing{"@type": kind, "@id": id, "name": name}
}

// describeAsData tells search engines what the page is of: the catalogue, a
// dataset, or the place of a feature.
func (c *resourcePage) describeAsData() error {
	var t thing
	switch c.Schema {
	case "landingPage", "collections":
		t = c.catalogThing()
	case "collection", "featureCollection":
		if c.dataset == nil {
			return nil
		}
		t = c.datasetThing(*c.dataset)
		var downloads []thing
		for _, l := range append(c.Formats, c.Links...) {
			data := l.Rel == "items" || l.Rel == "enclosure" || c.Schema == "featureCollection" && l.Rel == "alternate"
			if data && l.Media() != "text/html" {
				downloads = append(downloads, downloadThing(l.Text, l.Href, l.Type))
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
	t["@context"] = schemaOrg
	c.LinkedData = t
	return nil
}

// catalogThing describes the portal with its datasets.
func (g *page) catalogThing() thing {
	t := newThing("DataCatalog", g.base+"/", g.PortalTitle)
	t["@context"], t["url"] = schemaOrg, g.base+"/"
	var datasets []thing
	for _, d := range g.view.Collections {
		datasets = append(datasets, g.datasetThing(d))
	}
	t["dataset"] = datasets
	return t
}

func downloadThing(name, address, mediaType string) thing {
	return thing{"@type": "DataDownload", "name": name, "contentUrl": address, "encodingFormat": mediaType}
}

// describeDataset gives what search engines read on the page of d.
func (g *page) describeDataset(d store.Dataset) thing {
	t := g.datasetThing(d)
	t["@context"] = schemaOrg
	switch {
	case d.Source.IsArchive():
		t["distribution"] = []thing{downloadThing("TileJSON", g.base+"/tiles/"+d.ID+".json", "application/json")}
	case d.Current != nil:
		t["distribution"] = []thing{downloadThing("GeoJSON", g.base+"/api/collections/"+d.ID+"/items?f=geojson", "application/geo+json")}
	}
	return t
}

// datasetAddress gives the permanent identifier of d.
func (g *page) datasetAddress(d store.Dataset) string { return g.base + "/datasets/" + d.ID }

// datasetThing describes d, which may have no version yet.
func (g *page) datasetThing(d store.Dataset) thing {
	t := newThing("Dataset", g.datasetAddress(d), cmp.Or(d.Title.In(g.Code), d.ID))
	t["url"], t["identifier"] = g.datasetAddress(d), d.ID
	if text := strings.TrimSpace(d.Description.In(g.Code)); text != "" {
		t["description"] = text
	}
	if len(d.Keywords) > 0 {
		t["keywords"] = d.Keywords
	}
	if licence, ok := g.view.Portal.Licence(d.Licence); ok {
		t["license"] = licence.URL
	}
	if d.Schema != "" {
		if ref := schema.Refer(d.Schema); ref.URL != "" {
			t[answer.ConformsTo] = thing{"@id": ref.URL}
		}
	}
	if publisher := g.view.Publisher(d); publisher.Name != "" {
		organization := thing{"@type": "Organization", "name": publisher.Name}
		if publisher.URL != "" {
			organization["url"] = publisher.URL
		}
		t["publisher"] = organization
	}
	if d.Current == nil {
		return t
	}
	t["dateModified"] = d.Current.Updated().UTC().Format(time.RFC3339)
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
