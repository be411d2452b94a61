package place

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// words cuts a column's name into lower-case words without accents.
func words(name string) []string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(name))
	return strings.FieldsFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// partners are the words for the x and the y of a position.
func partners() [][2]string {
	return [][2]string{{"lon", "lat"}, {"lng", "lat"}, {"long", "lat"}, {"longitude", "latitude"}, {"xlong", "ylat"}, {"xlon", "ylat"},
		{"x", "y"}, {"coordx", "coordy"}, {"xcoord", "ycoord"}, {"coordonneesx", "coordonneesy"}, {"coordonneex", "coordonneey"},
		{"easting", "northing"}, {"est", "nord"}}
}

// partner gives the word that names the y for a word that names the x, and
// whether these words speak of longitude and latitude.
func partner(word string) (y string, degrees, found bool) {
	for _, p := range partners() {
		if p[0] == word {
			return p[1], strings.Contains(p[1], "lat"), true
		}
	}
	return "", false, false
}

// besideXY tells whether a word may stand beside x or y in the name of a coordinate:
// max_x and delta_x are none.
func besideXY(word string) bool {
	switch word {
	case "coord", "coords", "coordonnee", "coordonnees", "coordinate", "lambert", "lambert93", "lamb93", "l93", "93", "lamb", "rgf93",
		"2154", "4326", "epsg", "wgs", "wgs84", "84", "gps", "geo", "geom", "point", "pt", "centroid", "centroide", "centre", "com",
		"position", "pos", "adresse", "ban", "utm", "cc", "cc42", "cc43", "cc44", "cc45", "cc46", "cc47", "cc48", "cc49", "cc50":
		return true
	}
	return false
}

// xy is a pair of columns that may hold coordinates.
type xy struct {
	x, y    int
	degrees bool // by their names
	words   int  // of the name: the fewer, the plainer
}

// xyColumns finds pairs of columns by their names, longitudes and latitudes before
// x and y, plain names before long ones.
func xyColumns(names []string) []xy {
	at := map[string]int{}
	split := make([][]string, len(names))
	for i, name := range names {
		split[i] = words(name)
		key := strings.Join(split[i], " ")
		if _, found := at[key]; !found {
			at[key] = i
		}
	}
	var found []xy
	for i, ws := range split {
		for j, w := range ws {
			y, degrees, isX := partner(w)
			if !isX || !degrees && w == "x" && !allBesideXY(ws, j) {
				continue
			}
			other := append([]string(nil), ws...)
			other[j] = y
			if k, ok := at[strings.Join(other, " ")]; ok && k != i {
				found = append(found, xy{i, k, degrees, len(ws)})
				break
			}
		}
	}
	better := func(a, b xy) bool {
		return a.degrees && !b.degrees || a.degrees == b.degrees && a.words < b.words
	}
	for i := range found { // insertion sort keeps the order of the columns among equals
		for j := i; j > 0 && better(found[j], found[j-1]); j-- {
			found[j], found[j-1] = found[j-1], found[j]
		}
	}
	return found
}

func allBesideXY(ws []string, x int) bool {
	for i, w := range ws {
		if i != x && !besideXY(w) {
			return false
		}
	}
	return true
}

// pairName tells whether a column called name may hold both coordinates, and
// whether such columns hold the longitude first.
func pairName(name string) (isPair, xFirst bool) {
	switch strings.Join(words(name), "") {
	case "coordonneesxy", "coordxy", "coordsxy", "xy", "lonlat", "longlat", "lnglat", "longitudelatitude", "lonlatwgs84":
		return true, true
	case "geopoint2d", "geopoint", "pointgeo", "geopoint2", "coordonnees", "coordonneesgeo", "coordonneesgps", "coordonneesgeographiques",
		"coordinates", "coordgps", "coords", "coord", "gps", "latlon", "latlong", "latlng", "latitudelongitude", "geolocalisation",
		"geolocation", "geoloc", "geo", "position", "positiongps", "location", "localisation", "point", "geom", "geometry", "wgs84":
		return true, false
	}
	return false, false
}

// shapeName ranks the usual names of columns of geometries; 0 is the best.
func shapeName(name string) int {
	order := [...]string{"geoshape", "geometry", "geom", "thegeom", "wkt", "wkbgeometry", "geojson", "shape", "geometrie", "geo"}
	joined := strings.Join(words(name), "")
	for i, n := range order {
		if joined == n {
			return i
		}
	}
	return len(order)
}
