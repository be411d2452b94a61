package main

import (
	"html"
	"math"
	"slices"
	"strings"

	"puy/catalog"
	"puy/geo"
	"puy/tiles/pmtiles"
)

// describe makes the header's and the metadata's description of an archive.
func (a *archiving) describe() pmtiles.Description {
	lang := "fr"
	if len(a.portal.Languages) > 0 {
		lang = a.portal.Languages[0]
	}
	bounds := geo.EmptyBounds()
	m := pmtiles.Metadata{Type: "overlay"}
	var names, credits []string
	for _, d := range a.datasets {
		bounds = bounds.Union(d.Current.Extent)
		title := d.Title.In(lang)
		if title == "" {
			title = d.ID
		}
		names = append(names, title)
		if p := a.portal.Publishers[d.Publisher]; p.Name != "" {
			credit := "© " + html.EscapeString(p.Name)
			if strings.HasPrefix(p.URL, "https://") || strings.HasPrefix(p.URL, "http://") {
				credit = `<a href="` + html.EscapeString(p.URL) + `">` + credit + "</a>"
			}
			if !slices.Contains(credits, credit) {
				credits = append(credits, credit)
			}
		}
		m.VectorLayers = append(m.VectorLayers, pmtiles.VectorLayer{
			ID: d.ID, Description: title, MinZoom: a.MinZoom, MaxZoom: a.MaxZoom, Fields: fieldTypes(d.Current, d.Tiles.Cluster)})
	}
	m.Name, m.Attribution = strings.Join(names, ", "), strings.Join(credits, ", ")
	if len(a.datasets) == 1 {
		m.Description = a.datasets[0].Description.In(lang)
	}
	bounds = overlap(bounds, a.Bounds)
	wide := max(bounds.MaxX-bounds.MinX, bounds.MaxY-bounds.MinY, 1e-6)
	zoom := int(math.Floor(math.Log2(360 / wide)))
	return pmtiles.Description{
		Type: pmtiles.TypeMVT, TileCompression: pmtiles.CompressionGzip, Bounds: bounds, Metadata: m,
		CenterLon: (bounds.MinX + bounds.MaxX) / 2, CenterLat: (bounds.MinY + bounds.MaxY) / 2,
		CenterZoom: max(a.MinZoom, min(zoom, a.MaxZoom)),
	}
}

// overlap cuts an extent to the box that was asked for and to the latitudes of
// web Mercator. What crosses the antimeridian becomes the whole circle, as the
// header knows no other way.
func overlap(b geo.Bounds, with *geo.Bounds) geo.Bounds {
	const edge = 85.05112878
	if b.IsEmpty() {
		b = geo.Bounds{MinX: -180, MinY: -edge, MaxX: 180, MaxY: edge}
	}
	if b.CrossesAntimeridian() {
		b.MinX, b.MaxX = -180, 180
	}
	if with != nil {
		b.MinY, b.MaxY = max(b.MinY, with.MinY), min(b.MaxY, with.MaxY)
		if !with.CrossesAntimeridian() {
			b.MinX, b.MaxX = max(b.MinX, with.MinX), min(b.MaxX, with.MaxX)
		}
	}
	b.MinX, b.MaxX = max(b.MinX, -180), min(b.MaxX, 180)
	b.MinY, b.MaxY = max(b.MinY, -edge), min(b.MaxY, edge)
	// Tiles at the edge may have features though the boxes only touch.
	b.MaxX, b.MaxY = max(b.MinX, b.MaxX), max(b.MinY, b.MaxY)
	return b
}

// fieldTypes gives the words of TileJSON 3.0 section 3.3.2.
func fieldTypes(v *catalog.Version, clusters *catalog.Cluster) map[string]string {
	fields := map[string]string{}
	if clusters != nil {
		for _, name := range clusters.Attributes() {
			fields[name] = "Number"
		}
		fields["cluster"], fields["point_count_abbreviated"] = "Boolean", "String"
	}
	for _, f := range v.Schema.Fields {
		switch f.Type {
		case geo.TypeInteger, geo.TypeNumber:
			fields[f.Name] = "Number"
		case geo.TypeBoolean:
			fields[f.Name] = "Boolean"
		default:
			fields[f.Name] = "String"
		}
	}
	return fields
}
