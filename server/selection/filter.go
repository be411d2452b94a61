package selection

import (
	"errors"
	"fmt"

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
	of := ""
	for i := 0; err == nil && i < len(datasets); i++ {
		if _, err = predicate.Check(e, &datasets[i].Current.Schema); err != nil && len(datasets) > 1 {
			of = datasets[i].ID
		}
	}
	if err != nil {
		p.Reject("filter", text, because(err, of))
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

// because goes on from the parameter's name. Of is the dataset that the filter does
// not go with, where there are several.
func because(err error, of string) error {
	fault, ok := errors.AsType[*geo.Error](err)
	if !ok {
		return answer.Because("filter.wrong", "fault", answer.English(err.Error()))
	}
	says, column, placed := fault.Sentence().After("column %d: ")
	var told any = says
	if of != "" {
		told = answer.Because("filter.of", "fault", says, "name", of)
	}
	if !placed {
		return answer.Because("filter.wrong", "fault", told)
	}
	return answer.Because("filter.at", "column", fmt.Sprint(column[0]), "fault", told)
}
