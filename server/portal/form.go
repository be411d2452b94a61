package portal

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"puy/server/answer"
)

// formView asks for the parameters of one operation. It sends with GET, so
// that it works without JavaScript.
type formView struct {
	Action          string
	Hidden          []hiddenView
	General, Fields []inputView
	Filled          bool // of Fields, some
}

type hiddenView struct{ Name, Value string }

// inputView is one input; with Options a choice.
type inputView struct {
	ID, Name, Code, Label, Hint string
	English                     bool // Hint is in English whatever the page's language
	Type, Mode, Value           string
	Least, Most, Example        string
	Options                     []optionView
}

type optionView struct {
	Value, Text string
	Chosen      bool
}

// newForm makes the form of o: an input for each parameter but those called as
// in without. Names of inputs begin with prefix; values fills them.
func (c *resourcePage) newForm(o answer.Operation, prefix string, without []string, values url.Values) (*formView, error) {
	form := &formView{Hidden: []hiddenView{{"f", "html"}, {"lang", c.Code}}}
	for _, p := range o.Parameters {
		if p.In != "query" || slices.Contains(without, p.Name) {
			continue
		}
		input, field, err := c.newInput(p, values.Get(prefix+p.Name))
		if err != nil {
			return nil, err
		}
		input.Name, input.ID = prefix+p.Name, "input-"+url.PathEscape(p.Name)
		if field {
			form.Fields, form.Filled = append(form.Fields, input), form.Filled || input.Value != "" || slices.ContainsFunc(input.Options, func(o optionView) bool { return o.Chosen })
		} else {
			form.General = append(form.General, input)
		}
	}
	return form, nil
}

// newInput gives the input of a parameter; field is true where it is a field
// of the dataset.
func (c *resourcePage) newInput(p answer.Parameter, value string) (i inputView, field bool, err error) {
	i = inputView{Code: p.Name, Type: "text", Value: value, Least: p.Least, Most: p.Most, Example: p.Default}
	i.Hint, i.English = c.describeParameter(itemsKind, p)
	if key := "input." + p.Name; c.Has(key) {
		if i.Label, err = c.Text(key); err != nil {
			return i, false, err
		}
	}
	if c.isField(itemsKind, p.Name) {
		field, i.Hint, i.English = true, "", false
		i.Label = cmp.Or(c.fieldTitles()[p.Name], p.Name)
	}
	switch {
	case p.Name == "bbox" && c.dataset != nil && !c.dataset.Current.Extent.IsEmpty():
		e := c.dataset.Current.Extent
		i.Example = fmt.Sprintf("%.2f,%.2f,%.2f,%.2f", e.MinX, e.MinY, e.MaxX, e.MaxY)
	case len(p.Enum) > 0:
		i.Options = []optionView{{}}
		for _, choice := range p.Enum {
			i.Options = append(i.Options, optionView{choice, shortSystem(choice), choice == value})
		}
	case p.Type == "boolean":
		i.Options = []optionView{{}}
		for _, choice := range []string{"true", "false"} {
			text, err := c.Text("value." + choice)
			if err != nil {
				return i, field, err
			}
			i.Options = append(i.Options, optionView{choice, text, choice == value})
		}
	case p.Type == "integer":
		i.Mode = "numeric"
	case p.Type == "number":
		i.Mode = "decimal"
	case p.Format == "date":
		i.Type = "date"
	}
	return i, field, nil
}

// itemsKind is the operation that gives features.
const itemsKind = "getItems"

// describeParameter gives what a parameter means to a kind of operation, in the
// page's language where the catalogue has words for it, else in the definition's.
func (c *resourcePage) describeParameter(kind string, p answer.Parameter) (text string, english bool) {
	if c.isField(kind, p.Name) {
		return p.Description, false // the dataset's own words
	}
	short := kind[strings.LastIndexByte(kind, '.')+1:]
	for _, key := range []string{"parameter." + short + "." + p.Name, "parameter." + p.Name} {
		if text, err := c.Text(key); err == nil {
			return text, false
		}
	}
	return p.Description, c.Code != "en"
}

// isField tells whether a parameter filters by a field of the page's dataset.
// The parameters of every dataset have words.
func (c *resourcePage) isField(kind, name string) bool {
	filters := kind == itemsKind || kind == "getDownload" || kind == "collection.vector.getTileSet" || kind == "collection.vector.getTile"
	return filters && c.dataset != nil && c.dataset.Current.Schema.Index(name) >= 0 && !c.Has("parameter."+name)
}

// shortSystem writes the address of a coordinate reference system as people
// call it, and other texts as they are.
func shortSystem(text string) string {
	rest, ok := strings.CutPrefix(text, "http://www.opengis.net/def/crs/")
	if !ok {
		return text
	}
	parts := strings.Split(rest, "/")
	return parts[0] + ":" + parts[len(parts)-1]
}
