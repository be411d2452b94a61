package selection

import (
	"strings"

	"puy/geo"
	"puy/geo/cql2"
	"puy/geo/cql2/predicate"
	"puy/server/answer"
	"puy/store"
)

// ReadFilter reads filter, filter-lang and filter-crs (OGC 19-079r2 section 8),
// and checks the filter against each dataset: it must go with all. Geometries
// of the result are in longitude, latitude. It is nil without a filter.
func ReadFilter(p *answer.Params, datasets ...*store.Dataset) cql2.Expr {
	language := p.OneOf("filter-lang", "cql2-text", "cql2-text", "cql2-json")
	c := ReadCRS(p, "filter-crs", datasets[0])
	text, ok := p.Text("filter")
	if !ok {
		return nil
	}
	e, err := parse(language, text, c)
	for i := 0; err == nil && i < len(datasets); i++ {
		if _, err = predicate.Check(e, &datasets[i].Current.Schema); err != nil && len(datasets) > 1 {
			err = geo.Errorf(geo.KindInvalid, "%w (dataset %s)", err, datasets[i].ID)
		}
	}
	if err != nil {
		p.Reject("filter", text, because(err))
		return nil
	}
	return e
}

func parse(language, text string, c *Projection) (e cql2.Expr, err error) {
	if language == "cql2-json" {
		e, err = cql2.ParseJSON(text)
	} else {
		e, err = cql2.ParseText(text)
	}
	if err != nil || c == nil {
		return e, err
	}
	return cql2.InLonLat(e, cql2.Transform{ToLonLat: c.toLonLat, Geographic: c.System.Geographic})
}

// because goes on from the parameter's name.
func because(err error) error {
	text := err.Error()
	if place, rest, ok := strings.Cut(strings.TrimPrefix(text, "column "), ": "); ok && strings.HasPrefix(text, "column ") {
		return answer.Because("filter.at", "column", place, "fault", answer.English(rest))
	}
	return answer.Because("filter.wrong", "fault", answer.English(text))
}
