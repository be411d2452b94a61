package transfer

import (
	"slices"
	"sync"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/known"
	"puy/server/answer"
	"puy/server/selection"
)

// order is that in which people are shown formats; further ones follow.
func order() []string {
	return []string{"geojson", "csv", "xlsx", "gpkg", "shp", "kml", "kmz", "parquet", "fgb", "geojsonseq", "jsonfg"}
}

// Formats gives the formats that can be written, those for most people first.
// Callers do not change the list.
func Formats() []format.Format { return formats() }

// formats is asked for with every page of features.
var formats = sync.OnceValue(func() []format.Format {
	var list []format.Format
	for _, f := range known.Formats() {
		if f.NewWriter != nil {
			list = append(list, f)
		}
	}
	names := order()
	rank := func(f format.Format) int {
		if i := slices.Index(names, f.Name); i >= 0 {
			return i
		}
		return len(names)
	}
	slices.SortStableFunc(list, func(a, b format.Format) int { return rank(a) - rank(b) })
	return slices.Clip(list)
})

// FormatsOf gives those in which features of schema can be written.
func FormatsOf(schema *geo.Schema) []format.Format {
	return slices.DeleteFunc(slices.Clone(Formats()), func(f format.Format) bool { return !Suits(f, schema) })
}

// Suits tells whether features of schema can be written in f.
func Suits(f format.Format, schema *geo.Schema) bool { return schema.Spatial() || !f.SpatialOnly }

// Lookup gives the format called name.
func Lookup(name string) (format.Format, bool) {
	list := Formats()
	for i := range list {
		if list[i].Name == name {
			return list[i], true
		}
	}
	return format.Format{}, false
}

// CheckCRS refuses the parameter crs where files of f cannot hold coordinates in
// the CRS that it asked for.
func CheckCRS(p *answer.Params, f format.Format, asked *selection.Projection) {
	if asked != nil && f.LonLatOnly {
		p.Reject("crs", asked.URI(), answer.Because("crs.format", "format", f.Title))
	}
}
