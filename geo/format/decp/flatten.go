package decp

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/record"
)

// cell is a value of a row, as text.
type cell struct{ name, text string }

// contract is one that was flattened: the cells of all of its rows, of the first, and
// of each holder.
type contract struct {
	uid     string
	all     []cell
	once    []cell
	holders [][]cell
	doubled int // holders that were named again
	size    int // bytes of all
	kept    int // cells of all in the row that is being written
}

// maxExtra bounds the cells that all rows of a contract have, maxHolders its rows.
const (
	maxExtra   = 500
	maxHolders = 2000
)

// flatten makes the rows of the contract n.
func (f *form) flatten(n *record.Node) *contract {
	c := &contract{}
	names := lists()
	texts := map[string][]string{}
	nested := map[string]*record.Node{}
	for i := range n.Nodes {
		child := &n.Nodes[i]
		key := strings.ReplaceAll(child.Key, ".", "_")
		for list, item := range names {
			if key == item { // in some files a list is its only element
				key = list
			}
		}
		if item, ok := names[key]; ok {
			child.Each(item, func(v *record.Node) {
				if text := v.Value(); text != "" && text != "NaN" && !slices.Contains(texts[key], text) {
					texts[key] = append(texts[key], text)
				}
			})
			continue
		}
		switch key {
		case f.holders, "modifications", "actesSousTraitance", "modificationsActesSousTraitance", "donneesExecution":
			if !child.Scalar() && !child.Blank() {
				nested[key] = child
			}
		case "titulaires", "concessionnaires", "uid", "cle": // of the other layer; made anew
		default:
			if v, isNumber := number(child.Value()); f.foreign(key) && (child.Blank() || isNumber && v == 0 || !told(child.Value()) && child.Scalar()) {
				continue // tables of both kinds that were made JSON have the fields of both
			}
			c.add(key, child)
		}
	}
	for list, values := range texts {
		c.set(list, geo.TextArray(values).Text())
	}
	c.modify(f, nested)
	c.subcontract(nested)
	c.count()
	for _, name := range last() {
		if v := nested[name]; v != nil {
			c.once = append(c.once, cell{name, string(v.AppendJSON(nil))})
		}
	}
	c.identify(f)
	return c
}

// count leaves all amounts to the first row, but for those that every row tells.
func (c *contract) count() {
	c.all = slices.DeleteFunc(c.all, func(v cell) bool {
		if isAmount(v.name) {
			c.once = append(c.once, v)
		}
		return isAmount(v.name)
	})
}

// add sets what a value is: itself, or those inside it.
func (c *contract) add(key string, v *record.Node) {
	switch v.Kind {
	case record.Null:
	case record.Array:
		if !v.Blank() {
			c.set(key, string(v.AppendJSON(nil)))
		}
	case record.Object:
		for i := range v.Nodes {
			child := &v.Nodes[i]
			name := key + "_" + strings.ReplaceAll(child.Key, ".", "_")
			if child.Scalar() {
				c.set(name, tidy(child.Key, child.Value()))
			} else if !child.Blank() {
				c.set(name, string(child.AppendJSON(nil)))
			}
		}
	default:
		c.set(key, tidy(key, v.Value()))
	}
}

func (c *contract) set(name, text string) {
	if name = spelling(name); text == "" || c.get(name) != "" || len(c.all) >= maxExtra {
		return
	}
	c.all = append(c.all, cell{name, text})
	c.size += len(name) + len(text)
}

func (c *contract) get(name string) string {
	for i := range c.all {
		if c.all[i].name == name {
			return c.all[i].text
		}
	}
	return ""
}

// take gives the cell called name and removes it.
func (c *contract) take(name string) string {
	for i := range c.all {
		if c.all[i].name == name {
			text := c.all[i].text
			c.all = slices.Delete(c.all, i, i+1)
			return text
		}
	}
	return ""
}

// replace sets the cell called name to another text.
func (c *contract) replace(name, text string) {
	c.take(name)
	c.set(name, text)
}

// spelling gives the present name of what older files call otherwise.
func spelling(name string) string {
	for _, suffix := range []string{"_denominationSociale", "_denomination", "_raisonSociale", "_denominationsociale"} {
		if owner, ok := strings.CutSuffix(name, suffix); ok {
			return owner + "_nom"
		}
	}
	return name
}

// tidy gives a value in the notation that all files share: days as ISO 8601 writes
// them, and true and false.
func tidy(key, text string) string {
	switch {
	case strings.HasPrefix(key, "date"):
		return day(text)
	case key == "marcheInnovant", key == "attributionAvance", key == "sousTraitanceDeclaree":
		switch strings.ToLower(text) {
		case "oui", "true", "1", "1.0":
			return "true"
		case "non", "false", "0", "0.0":
			return "false"
		}
	}
	return text
}

// day gives the day of a date, of one with a zone as XML Schema writes it, and of a
// date-time; what is none stays as it is.
func day(text string) string {
	b := []byte(text)
	if len(b) > 10 && (b[10] == 'T' || b[10] == ' ' || b[10] == '+' || b[10] == '-' || b[10] == 'Z') {
		b = b[:10]
	}
	if v, ok := (format.Notation{Type: geo.TypeDate, DayFirst: true}).Parse(b); ok && !v.IsNull() {
		return v.String()
	}
	return text
}

// identify gives the contract its uid, and each of its rows its key.
func (c *contract) identify(f *form) {
	number := strings.NewReplacer(" ", "_", ",", "_", `\`, "_", ".", "_", "/", "_").Replace(c.get("id"))
	c.uid = c.get(f.buyer+"_id") + number
	if number == "" {
		c.uid = ""
	}
	c.set("uid", c.uid)
	c.set(f.holders+"_nombre", strconv.Itoa(len(c.holders)))
	if len(c.holders) == 0 {
		c.holders = [][]cell{nil}
	}
	taken := map[string]bool{}
	for i, holder := range c.holders {
		rank := strconv.Itoa(i + 1)
		key := value(holder, f.holder+"_id")
		if key == "" || taken[key] {
			key = rank
		}
		taken[key] = true
		c.holders[i] = append(holder, cell{f.holder + "_rang", rank})
		if c.uid != "" {
			c.holders[i] = append(c.holders[i], cell{"cle", c.uid + "-" + key})
		}
	}
}

func value(cells []cell, name string) string {
	for i := range cells {
		if cells[i].name == name {
			return cells[i].text
		}
	}
	return ""
}

// number reads an amount.
func number(text string) (float64, bool) {
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}
