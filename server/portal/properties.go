package portal

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// propertiesView is a schema as a table; a column is shown where it tells
// anything.
type propertiesView struct {
	Rows                  []propertyView
	Units, Roles, Choices bool
}

// propertyView is one property of a schema (JSON Schema 2020-12).
type propertyView struct {
	Name, Title, Description, Type, Format, Role, Unit string
	Enum                                               node
	place                                              int
}

// viewProperties lists the properties of a schema in the order that
// x-ogc-propertySeq gives them (OGC 23-058r2 section 9.2).
func viewProperties(properties node) *propertiesView {
	view := &propertiesView{}
	for _, n := range properties.Nodes {
		p := propertyView{Name: n.Name, Title: n.text("title"), Description: n.text("description"), Type: n.text("type"),
			Format: n.text("format"), Role: n.text("x-ogc-role"), Unit: n.text("x-ogc-unit"), Enum: n.get("enum"), place: math.MaxInt}
		if place, err := strconv.Atoi(n.text("x-ogc-propertySeq")); err == nil {
			p.place = place
		}
		view.Units, view.Roles, view.Choices = view.Units || p.Unit != "", view.Roles || p.Role != "", view.Choices || p.Enum.Kind != kindNull
		view.Rows = append(view.Rows, p)
	}
	slices.SortStableFunc(view.Rows, func(a, b propertyView) int { return cmp.Compare(a.place, b.place) })
	return view
}
