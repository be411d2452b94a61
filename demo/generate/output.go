package main

import (
	"bytes"
	"strconv"

	"puy/geo"
)

// feature is one GeoJSON feature on its way out.
type feature struct {
	kind   string    // Point or LineString
	line   []point   // one for a Point
	height []float64 // of each point; nil for none
	values []value
}

// value is one property; their order is kept.
type value struct {
	name string
	v    geo.Value
}

func (f *feature) append(b *bytes.Buffer) {
	b.WriteString(`{"type":"Feature","geometry":{"type":"` + f.kind + `","coordinates":`)
	if f.kind != "Point" {
		b.WriteByte('[')
	}
	for i, p := range f.line {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("[" + degrees(p.lon) + "," + degrees(p.lat))
		if f.height != nil {
			b.WriteString("," + strconv.FormatFloat(f.height[i], 'f', -1, 64))
		}
		b.WriteByte(']')
	}
	if f.kind != "Point" {
		b.WriteByte(']')
	}
	b.WriteString(`},"properties":{`)
	comma := ""
	for _, v := range f.values {
		if v.v.IsNull() { // schemas of JSON files have no null: what is not known is left out
			continue
		}
		b.WriteString(comma)
		comma = ","
		b.Write(v.v.AppendJSON(append(geo.AppendJSONString(nil, v.name), ':')))
	}
	b.WriteString("}}")
}

// degrees writes millionths of a degree as degrees.
func degrees(n int32) string { return strconv.FormatFloat(float64(n)/1e6, 'f', -1, 64) }

// collection gives a GeoJSON FeatureCollection (RFC 7946), a feature a line.
func collection(features []feature) []byte {
	var b bytes.Buffer
	b.WriteString("{\"type\":\"FeatureCollection\",\"features\":[\n")
	for i := range features {
		if i > 0 {
			b.WriteString(",\n")
		}
		features[i].append(&b)
	}
	b.WriteString("\n]}\n")
	return b.Bytes()
}

// sequence gives newline-delimited GeoJSON features.
func sequence(features []feature) []byte {
	var b bytes.Buffer
	for i := range features {
		features[i].append(&b)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// table gives rows of cells as delimited text (RFC 4180).
func table(delimiter byte, rows [][]string) []byte {
	var b bytes.Buffer
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte(delimiter)
			}
			if bytes.IndexByte([]byte(cell), delimiter) >= 0 || bytes.ContainsAny([]byte(cell), "\"\n") {
				cell = `"` + string(bytes.ReplaceAll([]byte(cell), []byte(`"`), []byte(`""`))) + `"`
			}
			b.WriteString(cell)
		}
		b.WriteString("\r\n")
	}
	return b.Bytes()
}
