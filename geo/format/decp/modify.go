package decp

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/record"
)

// modification is a change of a contract.
type modification struct {
	node *record.Node
	date string // ISO 8601, or that of the one before it in the file
}

// modify applies the modifications of a contract and sets its amounts and holders.
func (c *contract) modify(f *form, nested map[string]*record.Node) {
	mods := modifications(f, nested["modifications"])
	holders, doubled := f.list(nested[f.holders])
	c.doubled = doubled
	before := holders
	duration := c.get("dureeMois")
	current := map[string]string{}
	for _, name := range f.amounts {
		current[name] = c.take(name)
	}
	first := current[f.amounts[0]]
	for i := range mods {
		m := mods[i].node
		for _, name := range f.amounts {
			if v := m.Child(name).Value(); told(v) {
				current[name] = v
			}
		}
		if v := m.Child("dureeMois").Value(); told(v) {
			c.replace("dureeMois", v)
		}
		if list := m.Child(f.holders); list != nil {
			if changed, doubled := f.list(list); len(changed) > 0 {
				holders, c.doubled = changed, doubled
			}
		}
		if v := m.Child("objetModification").Value(); told(v) {
			c.replace("modification_objet", v)
		}
		if v := day(m.Child("datePublicationDonneesModification").Value()); told(v) {
			c.replace("modification_datePublication", v)
		}
		if mods[i].date != "" {
			c.replace("modification_date", mods[i].date)
		}
	}
	c.set("modifications_nombre", strconv.Itoa(len(mods)))
	if told(duration) {
		c.set(initial("dureeMois"), duration)
	}
	for _, name := range f.amounts {
		if told(current[name]) {
			c.set(name+"Contrat", current[name])
		}
		c.once = append(c.once, cell{name, current[name]})
	}
	if told(first) {
		c.once = append(c.once, cell{initial(f.amounts[0]), first})
	}
	if c.holders = holders; !slices.EqualFunc(before, holders, slices.Equal[[]cell]) {
		ids := make([]string, len(before))
		for i := range before {
			ids[i] = cmp.Or(value(before[i], f.holder+"_id"), value(before[i], f.holder+"_nom"))
		}
		c.set(f.holders+"Initiaux", geo.TextArray(ids).Text())
	}
}

// told tells whether a modification says something by v.
func told(v string) bool {
	return v != "" && !strings.EqualFold(v, "nan") && !strings.EqualFold(v, "nc")
}

// modifications gives those of a list in the order in which they were made.
func modifications(f *form, list *record.Node) []modification {
	if list == nil {
		return nil
	}
	var mods []modification
	date := ""
	list.Each("modification", func(n *record.Node) {
		if n.Kind != record.Object || n.Blank() {
			return
		}
		for _, key := range []string{f.signed, "dateNotificationModification", "dateSignatureModification"} {
			if text := day(n.Child(key).Value()); isDay(text) {
				date = text
				break
			}
		}
		mods = append(mods, modification{n, date})
	})
	slices.SortStableFunc(mods, func(a, b modification) int { return strings.Compare(a.date, b.date) })
	return mods
}

func isDay(text string) bool {
	_, ok := format.ParseDate([]byte(text))
	return ok
}

// list gives the cells of each holder of a list, but for those of which nothing is
// told, and for those that it names twice.
func (f *form) list(list *record.Node) (holders [][]cell, doubled int) {
	if list == nil {
		return nil, 0
	}
	seen := map[string]bool{}
	list.Each(f.holder, func(n *record.Node) {
		var cells []cell
		id := n.Value()
		for i := range n.Nodes {
			child := &n.Nodes[i]
			name, text := spelling(f.holder+"_"+strings.ReplaceAll(child.Key, ".", "_")), child.Value()
			if text == "" && !child.Scalar() && !child.Blank() {
				text = string(child.AppendJSON(nil))
			}
			if text != "" && value(cells, name) == "" && len(cells) < 50 {
				cells = append(cells, cell{name, text})
			}
		}
		// A holder that is but a text is its number, or remains of what a program wrote.
		if n.Scalar() && len(id) >= 9 && strings.ContainsAny(id, "0123456789") {
			cells = []cell{{f.holder + "_id", id}}
		}
		id = value(cells, f.holder+"_id")
		kind := value(cells, f.holder+"_typeIdentifiant")
		if id == "" && value(cells, f.holder+"_nom") == "" {
			return
		}
		if kind == "" && isSIRET(id) {
			kind = "SIRET"
			cells = append(cells, cell{f.holder + "_typeIdentifiant", kind})
		}
		if key := kind + " " + id; id != "" && isCode(id) {
			if seen[key] {
				doubled++
				return
			}
			seen[key] = true
		}
		holders = append(holders, cells)
	})
	return holders, doubled
}

func isSIRET(id string) bool { return len(id) == 14 && strings.Trim(id, "0123456789") == "" }

// isCode tells an identifier from words like "CDL" and "NC", which many may bear.
func isCode(id string) bool { return strings.ContainsAny(id, "123456789") }

// subcontract sets how many acts of subcontracting there are, and for how much.
func (c *contract) subcontract(nested map[string]*record.Node) {
	acts := nested["actesSousTraitance"]
	if acts == nil {
		return
	}
	changed := map[string]string{}
	dates := map[string]string{}
	if list := nested["modificationsActesSousTraitance"]; list != nil {
		list.Each("modificationActeSousTraitance", func(n *record.Node) {
			id, date := n.Child("id").Value(), day(n.Child("dateNotificationModificationSousTraitance").Value())
			if v := n.Child("montant").Value(); id != "" && told(v) && date >= dates[id] {
				changed[id], dates[id] = v, date
			}
		})
	}
	sum, count := 0.0, 0
	acts.Each("acteSousTraitance", func(n *record.Node) {
		if n.Kind != record.Object || n.Blank() {
			return
		}
		count++
		if v, ok := number(cmp.Or(changed[n.Child("id").Value()], n.Child("montant").Value())); ok {
			sum += v
		}
	})
	if count > 0 {
		c.set("actesSousTraitance_nombre", strconv.Itoa(count))
		if cents := math.Round(sum * 100); !math.IsInf(cents, 0) {
			c.once = append(c.once, cell{"actesSousTraitance_montant", string(geo.AppendNumber(nil, cents/100))})
		}
	}
}
