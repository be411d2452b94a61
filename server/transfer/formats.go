package transfer

import (
	"slices"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/known"
)

// order is that in which people are shown formats; further ones follow.
func order() []string {
	return []string{"geojson", "csv", "xlsx", "gpkg", "shp", "kml", "parquet", "fgb", "geojsonseq", "jsonfg"}
}

// Formats gives the formats that can be written, those for most people first.
func Formats() []format.Format {
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
	return list
}

// Lookup gives the format called name.
func Lookup(name string) (format.Format, bool) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return format.Format{}, false
}

// Suits tells whether features of schema can be written in f.
func Suits(f format.Format, schema *geo.Schema) bool { return schema.Spatial() || !f.SpatialOnly }
