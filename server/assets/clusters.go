package assets

import (
	"slices"
	"strings"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// clusterTexts describe the attributes of clusters; %s is the title of a field.
type clusterTexts struct{ cluster, count, short, zoom, sum, mean, by string }

func clusterWords(lang string) clusterTexts {
	if lang == "en" {
		return clusterTexts{
			"true for a cluster: a point that stands for several features that are near one another – boolean",
			"number of features of the cluster – integer", "the same, short: 1.2k – text",
			"first zoom at which the cluster falls apart – integer",
			"%s: sum over the cluster", "%s: mean over the cluster",
			"%s: number of features of the cluster with the value that stands for *, one attribute for each of the most frequent values – integer",
		}
	}
	return clusterTexts{
		"vrai pour un groupe : un point qui représente plusieurs objets proches – boolean",
		"nombre d’objets du groupe – integer", "le même, abrégé : 1.2k – text",
		"premier zoom auquel le groupe se sépare – integer",
		"%s : somme sur le groupe", "%s : moyenne sur le groupe",
		"%s : nombre d’objets du groupe qui ont la valeur écrite à la place de *, un attribut pour chacune des valeurs les plus fréquentes – integer",
	}
}

// clusterFields adds to texts what the attributes of a dataset's clusters mean:
// those of chosen fields, of which nil is all.
func clusterFields(texts map[string]string, d store.Dataset, chosen []string, lang string) {
	c := d.Tiles.Cluster
	if c == nil {
		return
	}
	words := clusterWords(lang)
	for i, text := range []string{words.cluster, words.count, words.short, words.zoom} {
		texts[catalog.ClusterKeys()[i]] = text
	}
	add := func(key, name, text string, plain bool) {
		i := d.Current.Schema.Index(name)
		if i < 0 || chosen != nil && !slices.Contains(chosen, name) {
			return
		}
		f := &d.Current.Schema.Fields[i]
		title := f.Title.In(lang)
		if title == "" {
			title = f.Name
		}
		text = strings.Replace(text, "%s", title, 1)
		if !plain {
			kind := f.Type
			if strings.HasPrefix(key, catalog.ClusterMean) {
				kind = geo.TypeNumber
			}
			text += " – " + kind.String()
			if f.Unit != "" {
				text += ", " + f.Unit
			}
		}
		texts[key] = text
	}
	for _, name := range c.Sum {
		add(catalog.ClusterSum+name, name, words.sum, false)
	}
	for _, name := range c.Mean {
		add(catalog.ClusterMean+name, name, words.mean, false)
	}
	add(catalog.ClusterCount+"*", c.By, words.by, true)
}
