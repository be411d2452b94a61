package live

import (
	"slices"
	"strings"

	"puy/catalog"
	"puy/server/answer"
	"puy/store"
)

// View is a catalogue at one moment as somebody may see it: the public sees no
// internal dataset. It is not changed once it is made; readers must not change
// it either.
type View struct {
	// Revision is the store's, and grows with every change.
	Revision int64
	Portal   catalog.Portal
	// Datasets are those that may be seen, by id. Those without a version
	// are among them, as archives of tiles are: they have a page, but are no
	// collection.
	Datasets []store.Dataset
	// Collections are the Datasets that have a version.
	Collections []store.Dataset

	byName map[string]int  // ids and aliases to places in Datasets
	hidden []store.Dataset // the internal ones
	// removed are the tombstones of public datasets, by their names.
	removed map[string]store.Dataset
}

func newView(revision int64, portal catalog.Portal, datasets []store.Dataset) *View {
	v := &View{Revision: revision, Portal: portal, removed: map[string]store.Dataset{}}
	for _, d := range datasets {
		if d.Source.IsArchive() {
			d.Current = nil // what it was before it became an archive
		}
		switch {
		case d.Internal && d.Removed: // nobody is to know of it
		case d.Internal:
			v.hidden = append(v.hidden, d)
		case d.Removed:
			for _, name := range append([]string{d.ID}, d.Aliases...) {
				v.removed[name] = d
			}
		default:
			v.Datasets = append(v.Datasets, d)
		}
	}
	v.index()
	return v
}

// Hides tells whether v lacks a dataset that permits tells.
func (v *View) Hides(permits func(id string) bool) bool {
	return slices.ContainsFunc(v.hidden, func(d store.Dataset) bool { return permits(d.ID) })
}

// With gives the view of somebody who may also see the internal datasets that
// permits tells.
func (v *View) With(permits func(id string) bool) *View {
	more := &View{Revision: v.Revision, Portal: v.Portal, Datasets: slices.Clone(v.Datasets), removed: v.removed}
	for _, d := range v.hidden {
		if permits(d.ID) {
			more.Datasets = append(more.Datasets, d)
		}
	}
	more.index()
	return more
}

// index sorts the datasets and finds them by name.
func (v *View) index() {
	v.byName = map[string]int{}
	slices.SortFunc(v.Datasets, func(a, b store.Dataset) int { return strings.Compare(a.ID, b.ID) })
	for i, d := range v.Datasets {
		for _, alias := range d.Aliases {
			v.byName[alias] = i
		}
		if d.Current != nil {
			v.Collections = append(v.Collections, d)
		}
	}
	for i, d := range v.Datasets { // an id wins over another's alias
		v.byName[d.ID] = i
	}
}

// Lookup gives the dataset of the view with this id or alias. Where name is an
// alias, the dataset's ID differs from it.
func (v *View) Lookup(name string) (store.Dataset, bool) {
	i, ok := v.byName[name]
	if !ok {
		return store.Dataset{}, false
	}
	return v.Datasets[i], true
}

// Removed tells whether there was a public dataset with this id or alias, and is
// none now, as a Problem of status 410; else it gives nil.
func (v *View) Removed(name string) error {
	if _, there := v.byName[name]; there {
		return nil
	}
	if d, gone := v.removed[name]; gone {
		return answer.Removed(d.ID, d.Title)
	}
	return nil
}

// Languages gives the portal's languages, the default one first.
func (v *View) Languages() []string {
	if len(v.Portal.Languages) == 0 {
		return []string{"fr", "en"}
	}
	return v.Portal.Languages
}

// Publisher gives who answers for d; only the name where the portal tells no more.
func (v *View) Publisher(d store.Dataset) catalog.Publisher {
	if p, ok := v.Portal.Publishers[d.Publisher]; ok {
		return p
	}
	return catalog.Publisher{Name: d.Publisher}
}
