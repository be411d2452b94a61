package crs_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"puy/geo/crs"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name string
		want crs.Code
		ok   bool
	}{
		{"EPSG:2154", 2154, true},
		{" epsg:2154 ", 2154, true},
		{"EPSG::2154", 2154, true},
		{"2154", 2154, true},
		{"CRS84", crs.CRS84, true},
		{"OGC:CRS84", crs.CRS84, true},
		{"CRS:84", crs.CRS84, true},
		{"[EPSG:3945]", 3945, true},
		{"[OGC:CRS84]", crs.CRS84, true},
		{"urn:ogc:def:crs:EPSG::2154", 2154, true},
		{"urn:ogc:def:crs:EPSG:6.9:4326", 4326, true},
		{"urn:ogc:def:crs:EPSG:4326", 4326, true},
		{"urn:x-ogc:def:crs:EPSG:4326", 4326, true},
		{"urn:ogc:def:crs:OGC:1.3:CRS84", crs.CRS84, true},
		{"urn:ogc:def:crs:OGC::CRS84", crs.CRS84, true},
		{"http://www.opengis.net/def/crs/EPSG/0/2154", 2154, true},
		{"https://www.opengis.net/def/crs/EPSG/9.9.1/25831", 25831, true},
		{"http://www.opengis.net/def/crs/OGC/1.3/CRS84", crs.CRS84, true},
		{"http://www.opengis.net/def/crs/OGC/1.3/CRS84/", crs.CRS84, true},
		{"http://www.opengis.net/gml/srs/epsg.xml#4326", 4326, true},
		{"ESRI:102110", 2154, true},
		{"ESRI:102100", 3857, true},
		{"EPSG:900913", 3857, true},
		{"IGNF:RGF93LAMB93", 2154, true},
		{"IGNF:RGF93CC46", 3946, true},
		{"urn:ogc:def:crs:IGNF::LAMB93", 2154, true},
		{"EPSG:27572", 27572, false},
		{"http://www.opengis.net/def/crs/EPSG/0/3034", 3034, false},
		{"", crs.Unknown, false},
		{"EPSG:", crs.Unknown, false},
		{"EPSG:84", crs.Unknown, false},
		{"84", crs.Unknown, false},
		{"EPSG:-2154", crs.Unknown, false},
		{"EPSG:+2154", crs.Unknown, false},
		{"EPSG:0", crs.Unknown, false},
		{"EPSG:99999999999999999999", crs.Unknown, false},
		{"[EPSG:2154", crs.Unknown, false},
		{"IGNF:RGF93CC99", crs.Unknown, false},
		{"http://example.org/def/crs/EPSG/0/2154", crs.Unknown, false},
		{"http://www.opengis.net/def/crs/EPSG/2154", crs.Unknown, false},
		{"urn:ogc:def:crs:EPSG::2154:9", crs.Unknown, false},
		{"Lambert 93", crs.Unknown, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := crs.Parse(tt.name)
			if got != tt.want || ok != tt.ok {
				t.Errorf("got %d, %v, want %d, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestNamesReadBack(t *testing.T) {
	all := crs.All()
	if all[0].Code != crs.CRS84 {
		t.Errorf("the first system is %s", all[0].Code)
	}
	for _, s := range all {
		for _, name := range []string{s.Code.String(), s.Code.URI(), "[" + s.Code.String() + "]"} {
			if got, ok := crs.Parse(name); !ok || got != s.Code {
				t.Errorf("%s gives %d, %v", name, got, ok)
			}
		}
		if got, ok := crs.Lookup(s.Code); !ok || got != s {
			t.Errorf("Lookup(%s) = %v", s.Code, got)
		}
		if s.YX != (s.Geographic && s.Code != crs.CRS84 || s.Code == 3035) {
			t.Errorf("%s: axis order", s.Code)
		}
	}
	if crs.Unknown.String() != "" || crs.Unknown.URI() != "" {
		t.Error("the zero Code has a name")
	}
}

// wellKnownTexts gives what projinfo wrote, by code.
func wellKnownTexts(t testing.TB) map[crs.Code][]string {
	t.Helper()
	b, err := os.ReadFile("testdata/projinfo.txt")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[crs.Code][]string{}
	var code crs.Code
	for line := range strings.Lines(string(b)) {
		if head, ok := strings.CutPrefix(line, "## "); ok {
			number, _, _ := strings.Cut(head, " ")
			n, err := strconv.Atoi(number)
			if err != nil {
				t.Fatal(err)
			}
			code = crs.Code(n)
		} else if !strings.HasPrefix(line, "#") {
			texts[code] = append(texts[code], line)
		}
	}
	if len(texts) < 14 {
		t.Fatalf("%d codes in the file", len(texts))
	}
	return texts
}

var (
	rootID   = regexp.MustCompile(`,(ID|AUTHORITY)\["EPSG",[^\]]*\]\]\s*$`)
	rootName = regexp.MustCompile(`^(\w+\[")[^"]*`)
)

// osgb gives the text of the British National Grid, without its name, with what
// follows its ellipsoid.
func osgb(shift string) string {
	return `PROJCS["x",GEOGCS["OSGB 1936",DATUM["OSGB_1936",SPHEROID["Airy 1830",6377563.396,299.3249646]` + shift + `],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],` +
		`PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",49],PARAMETER["central_meridian",-2],PARAMETER["scale_factor",0.9996012717],` +
		`PARAMETER["false_easting",400000],PARAMETER["false_northing",-100000],UNIT["metre",1]]`
}

func TestParseWKTOfPROJ(t *testing.T) {
	for code, texts := range wellKnownTexts(t) {
		s, _ := crs.Lookup(code)
		for _, text := range texts {
			if got, ok := crs.ParseWKT(text); !ok || got != code {
				t.Errorf("%s: got %d, %v from %s", code, got, ok, text)
			}
			byName := rootID.ReplaceAllString(text, "]")
			if got, ok := crs.ParseWKT(byName); !ok || got != code {
				t.Errorf("%s by name: got %d, %v from %s", code, got, ok, byName)
			}
			byParameters := rootName.ReplaceAllString(byName, "${1}Plan de la mairie")
			if got, ok := crs.ParseWKT(byParameters); !ok || got != code {
				t.Errorf("%s by parameters: got %d, %v from %s", code, got, ok, byParameters)
			}
			if s.Geographic {
				continue
			}
			moved := strings.NewReplacer("500000", "500001", "700000", "700001", `"False_Easting",0.0`, `"False_Easting",1.0`,
				`"false_easting",0`, `"false_easting",1`, `"False easting",0`, `"False easting",1`).Replace(byParameters)
			if got, ok := crs.ParseWKT(moved); ok {
				t.Errorf("%s with another origin: got %d from %s", code, got, moved)
			}
		}
	}
}

func TestParseWKT(t *testing.T) {
	const (
		rgf93 = `GEOGCS["GCS_RGF_1993",DATUM["D_RGF_1993",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
		wgs84 = `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
		lamb  = `PROJECTION["Lambert_Conformal_Conic"],PARAMETER["False_Easting",700000.0],PARAMETER["False_Northing",6600000.0],PARAMETER["Central_Meridian",3.0],PARAMETER["Standard_Parallel_1",44.0],PARAMETER["Standard_Parallel_2",49.0],PARAMETER["Latitude_Of_Origin",46.5],UNIT["Meter",1.0]`
		utm   = `PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",3.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]`
	)
	projected := func(name, base, rest string) string { return `PROJCS["` + name + `",` + base + `,` + rest + `]` }
	tests := []struct {
		name, text string
		want       crs.Code
		ok         bool
	}{
		{"the name of older ArcGIS", projected("RGF93_Lambert_93", rgf93, lamb), 2154, true},
		{"the name of newer ArcGIS", projected("RGF93_v1_Lambert-93", rgf93, lamb), 2154, true},
		{"a short name", projected("Lambert_93", rgf93, lamb), 2154, true},
		{"CC45", projected("RGF93_CC45", rgf93, strings.NewReplacer("6600000", "4200000", "700000", "1700000").Replace(lamb)), 3945, true},
		{"no name", projected("unnamed", rgf93, lamb), 2154, true},
		{"swapped parallels", projected("unnamed", rgf93, strings.NewReplacer("44.0", "49.0", "49.0", "44.0").Replace(lamb)), 2154, true},
		{"byte order mark, blanks and parentheses", "\ufeff" + strings.NewReplacer("[", " (", "]", "\n)", ",", " ,\n\t").Replace(projected("x", rgf93, lamb)), 2154, true},
		{"UTM on WGS 84 by its parameters", projected("fuseau 31", wgs84, utm), 32631, true},
		{"UTM on RGF93 by its parameters", projected("RGF93_UTM_31", rgf93, utm), 25831, true},
		{"a compound system", `COMPD_CS["x",` + projected("RGF93_Lambert_93", rgf93, lamb) + `,VERT_CS["NGF IGN69"]]`, 2154, true},
		{"a bound system", `BOUNDCRS[SOURCECRS[` + projected("RGF93_Lambert_93", rgf93, lamb) + `],TARGETCRS[` + wgs84 + `]]`, 2154, true},
		{"a null shift", strings.Replace(projected("x", rgf93, lamb), `298.257222101]`, `298.257222101],TOWGS84[0,0,0,0,0,0,0]`, 1), 2154, true},
		{"an ESRI authority", projected("x", rgf93, lamb+`,AUTHORITY["ESRI","102110"]`), 2154, true},
		{"a quoted quote", projected(`the ""mairie""`, rgf93, lamb), 2154, true},
		{"RGF93 degrees", rgf93, 4171, true},
		{"degrees of Réunion", strings.NewReplacer("RGF_1993", "RGR_1992").Replace(rgf93), 4326, true},
		{"a real shift", strings.Replace(projected("x", rgf93, lamb), `298.257222101]`, `298.257222101],TOWGS84[-168,-60,320]`, 1), 0, false},
		{"feet", strings.Replace(projected("x", rgf93, lamb), `"Meter",1.0`, `"Foot_US",0.3048006096012192`, 1), 0, false},
		{"grads", strings.Replace(rgf93, "0.0174532925199433", "0.015707963267949", 1), 0, false},
		{"the meridian of Paris", strings.Replace(rgf93, `"Greenwich",0.0`, `"Paris",2.33722917`, 1), 0, false},
		{"NAD 83", strings.ReplaceAll(rgf93, "RGF_1993", "North_American_1983"), 4269, true},
		{"NAD 83 UTM", projected("x", strings.ReplaceAll(rgf93, "RGF_1993", "North_American_1983"), utm), 0, false},
		{"NTF", `GEOGCS["NTF",DATUM["D_NTF",SPHEROID["Clarke_1880_IGN",6378249.2,293.466021293627]],PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]]`, 0, false},
		{"OSGB 36 with its shift", osgb(`,TOWGS84[446.448,-125.157,542.06,0.15,0.247,0.842,-20.489]`), 27700, true},
		{"OSGB 36 without", osgb(""), 27700, true},
		{"OSGB 36 with another shift", osgb(`,TOWGS84[375,-111,431,0,0,0,0]`), 0, false},
		{"OSGB 36 with too many parameters", osgb(`,TOWGS84[1,2,3,4,5,6,7,8,9]`), 0, false},
		{"the grid on another ellipsoid", strings.Replace(osgb(""), "6377563.396,299.3249646", "6378137,298.257222101", 1), 0, false},
		{"a geographic name on a projected system", projected("WGS 84", rgf93, lamb), 2154, true},
		{"an unknown method", projected("x", rgf93, strings.Replace(lamb, "Lambert_Conformal_Conic", "Bonne", 1)), 0, false},
		{"an unknown parameter", projected("x", rgf93, lamb+`,PARAMETER["Azimuth",3]`), 0, false},
		{"a local system", `LOCAL_CS["x",UNIT["Meter",1]]`, 0, false},
		{"HTML", "<!DOCTYPE html><html><head>", 0, false},
		{"empty", "", 0, false},
		{"cut short", projected("RGF93_Lambert_93", rgf93, lamb)[:200], 0, false},
		{"nested too deep", strings.Repeat("COMPD_CS[", 100) + rgf93 + strings.Repeat("]", 100), 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := crs.ParseWKT(tt.text); got != tt.want || ok != tt.ok {
				t.Errorf("got %d, %v, want %d, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func FuzzParseWKT(f *testing.F) {
	for _, texts := range wellKnownTexts(f) {
		f.Add(texts[0])
	}
	f.Add(`COMPD_CS["x",GEOGCS[],VERT_CS[]]`)
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := crs.ParseWKT(text)
		if _, known := crs.Lookup(c); known != ok {
			t.Errorf("%d is given as supported: %v", c, ok)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"EPSG:2154", "urn:ogc:def:crs:EPSG::2154", "http://www.opengis.net/def/crs/EPSG/0/2154", "[x:y]"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		c, ok := crs.Parse(name)
		if _, known := crs.Lookup(c); known != ok {
			t.Errorf("%d is given as supported: %v", c, ok)
		}
		if c != crs.Unknown && !ok && c < 0 {
			t.Errorf("code %d", c)
		}
	})
}
