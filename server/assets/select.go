package assets

import (
	"slices"
	"strings"

	"puy/geo"
	"puy/server/answer"
	"puy/server/selection"
	"puy/store"
	"puy/tiles"
)

// chosen reads the parameters that choose fields and features.
func chosen(p *answer.Params, datasets []store.Dataset) []tiles.Layer {
	layers := make([]tiles.Layer, len(datasets))
	for i := range datasets {
		layers[i].Dataset = datasets[i].ID
	}
	if text, ok := p.Text("fields"); ok {
		selectFields(p, text, datasets, layers)
	}
	// A filter must hold in every layer, so each dataset must have its field.
	for i := range datasets[0].Current.Schema.Fields {
		name := datasets[0].Current.Schema.Fields[i].Name
		if slices.ContainsFunc(datasets, func(d store.Dataset) bool {
			at := d.Current.Schema.Index(name)
			return at < 0 || !selection.Filterable(d.Current.Schema.Fields[at])
		}) {
			continue
		}
		text, ok := p.Text(name)
		for j := 0; ok && j < len(datasets); j++ {
			schema := &datasets[j].Current.Schema
			v, err := answer.ParseValue(schema.Fields[schema.Index(name)].Type, text)
			if err != nil {
				p.Reject(name, text, err)
				break
			}
			layers[j].Filter.Where = append(layers[j].Filter.Where, tiles.Condition{Field: name, Value: v})
		}
	}
	selectTime(p, datasets, layers)
	all := make([]*store.Dataset, len(datasets))
	for i := range datasets {
		all[i] = &datasets[i]
	}
	if filter := selection.ReadFilter(p, all...); filter != nil {
		for i := range layers {
			layers[i].Filter.Expr = filter
		}
	}
	return layers
}

// selectFields gives each layer those of the named fields that it has.
func selectFields(p *answer.Params, text string, datasets []store.Dataset, layers []tiles.Layer) {
	for i := range layers {
		layers[i].Fields = []string{}
	}
	if text == "" {
		return
	}
	for name := range strings.SplitSeq(text, ",") {
		known := false
		for i := range datasets {
			if name != "" && datasets[i].Current.Schema.Index(name) >= 0 {
				known = true
				layers[i].Fields = append(layers[i].Fields, name)
			}
		}
		if !known {
			p.Reject("fields", text, answer.Because("field", "name", geo.ClipValue(name)))
			return
		}
	}
}

// selectTime reads datetime. Datasets that have no time stay whole, as their
// features are of every time.
func selectTime(p *answer.Params, datasets []store.Dataset, layers []tiles.Layer) {
	span := p.Interval("datetime")
	if span.IsZero() {
		return
	}
	for i := range datasets {
		if selection.Temporal(&datasets[i]) {
			layers[i].Filter.Time = &tiles.TimeFilter{Field: datasets[i].Time, Interval: span}
		}
	}
}
