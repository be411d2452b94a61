package cql2

import (
	"github.com/twpayne/go-geom"

	"puy/geo"
)

// JSON writes e in the JSON encoding, without blanks. ParseJSON gives e again,
// but for positions.
func JSON(e Expr) string { return string(appendJSON(nil, e)) }

func appendJSON(dst []byte, e Expr) []byte {
	switch e := e.(type) {
	case *Or:
		return appendOp(dst, "or", e.Args...)
	case *And:
		return appendOp(dst, "and", e.Args...)
	case *Not:
		return appendOp(dst, "not", e.Arg)
	case *Compare:
		return appendOp(dst, string(e.Op), e.A, e.B)
	case *Like:
		return appendOp(dst, "like", e.Arg, e.Pattern)
	case *Between:
		return appendOp(dst, "between", e.Arg, e.Low, e.High)
	case *In:
		return appendOp(dst, "in", e.Arg, &Array{Items: e.List})
	case *IsNull:
		return appendOp(dst, "isNull", e.Arg)
	case *Arithmetic:
		return appendOp(dst, string(e.Op), e.A, e.B)
	case *Relate:
		return appendOp(dst, string(e.Relation), e.A, e.B)
	case *Call:
		return appendOp(dst, e.Name, e.Args...)
	case *CaseI:
		return appendOp(dst, "casei", e.Arg)
	case *AccentI:
		return appendOp(dst, "accenti", e.Arg)
	case *Property:
		return append(geo.AppendJSONString(append(dst, `{"property":`...), e.Name), '}')
	case *Literal:
		return appendJSONLiteral(dst, e.Value)
	case *Interval:
		dst = appendJSONEnd(append(dst, `{"interval":[`...), e.Start)
		return append(appendJSONEnd(append(dst, ','), e.End), "]}"...)
	case *Shape:
		return appendGeoJSON(dst, e.Geometry)
	case *BBox:
		return append(appendNumbers(append(dst, `{"bbox":[`...), e.Coordinates), "]}"...)
	case *Array:
		return append(appendJSONList(append(dst, '['), e.Items), ']')
	}
	return dst
}

func appendOp(dst []byte, op string, args ...Expr) []byte {
	dst = geo.AppendJSONString(append(dst, `{"op":`...), op)
	// AppendJSONString escapes < for HTML, which is the same JSON.
	return append(appendJSONList(append(dst, `,"args":[`...), args), "]}"...)
}

func appendJSONList(dst []byte, list []Expr) []byte {
	for i, e := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(dst, e)
	}
	return dst
}

func appendJSONLiteral(dst []byte, v geo.Value) []byte {
	switch v.Type() {
	case geo.TypeDate:
		return append(v.AppendJSON(append(dst, `{"date":`...)), '}')
	case geo.TypeDateTime:
		return append(v.AppendJSON(append(dst, `{"timestamp":`...)), '}')
	}
	return v.AppendJSON(dst)
}

func appendJSONEnd(dst []byte, e Expr) []byte {
	switch e := e.(type) {
	case *Open:
		return append(dst, `".."`...)
	case *Literal:
		return e.Value.AppendJSON(dst)
	}
	return appendJSON(dst, e)
}

func appendNumbers(dst []byte, list []float64) []byte {
	for i, c := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = geo.AppendNumber(dst, c)
	}
	return dst
}

func appendGeoJSON(dst []byte, g geo.Geometry) []byte {
	dst = append(append(append(dst, `{"type":"`...), g.Type().String()...), '"')
	if c, ok := g.T().(*geom.GeometryCollection); ok {
		dst = append(dst, `,"geometries":[`...)
		for i, part := range c.Geoms() {
			if i > 0 {
				dst = append(dst, ',')
			}
			sealed, err := geo.NewGeometry(part)
			if err != nil {
				continue // it is a part of a sealed geometry
			}
			dst = appendGeoJSON(dst, sealed)
		}
		return append(dst, "]}"...)
	}
	dst = append(dst, `,"coordinates":`...)
	if len(g.T().FlatCoords()) == 0 {
		return append(dst, "[]}"...)
	}
	n := notation{open: "[", shut: "]", between: ",", position: func(dst []byte, c []float64) []byte {
		return append(appendNumbers(append(dst, '['), c), ']')
	}}
	return append(appendPositions(dst, g.T(), n), '}')
}
