package portal

import (
	"puy/server/downloads"
	"puy/server/transfer"
	"puy/store"
)

// downloadView is one file that a dataset can be had as.
type downloadView struct {
	Title, Extension, Href string
	Text                   string // what it is good for
	Caveat                 string // what it loses, or empty
}

// downloads lists the files of d, those for most people first.
func (g *page) downloads(d store.Dataset) ([]downloadView, error) {
	var list []downloadView
	for _, f := range transfer.FormatsOf(&d.Current.Schema) {
		v := downloadView{Title: f.Title, Extension: f.Extensions[0], Href: g.door(downloads.Path(d.ID, f))}
		var err error
		key := "download." + f.Name
		if table := key + ".table"; !d.Current.Schema.Spatial() && g.Has(table) {
			key = table
		}
		if v.Text, err = g.Text(key); err != nil {
			return nil, err
		}
		if key := "download." + f.Name + ".loss"; g.Has(key) {
			if v.Caveat, err = g.Text(key); err != nil {
				return nil, err
			}
		}
		list = append(list, v)
	}
	return list, nil
}
