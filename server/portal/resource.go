package portal

import (
	"cmp"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"puy/server/answer"
	"puy/store"
)

// resourcePage shows a document of the API. Which of its parts are filled
// depends on the kind of document.
type resourcePage struct {
	page
	Schema        string
	Heading, Lead string
	Crumbs        []linked
	Formats       []linkView
	Links         []linkView
	Body          node
	Collections   []collectionView
	Datasets      []collectionView // in short
	Properties    *propertiesView
	Items         *itemsView
	Values        []node // of a feature
	Names         map[string]string
	Form          *formView
	Wide          bool     // nothing stands beside the links
	Asked         []string // the parameters that chose what the page shows
	Unasked       string   // the page without them
	Documentation *documentationView

	resource *answer.Resource
	dataset  *store.Dataset
}

// ResourcePage gives what writes the API's documents as pages of the portal.
func (p *Portal) ResourcePage() answer.ResourcePage { return p.writeResource }

func (p *Portal) writeResource(w io.Writer, r *http.Request, x *answer.Resource) error {
	view := p.view()
	g, err := p.newPage(r, view, x.Lang, "/")
	if err != nil {
		return err
	}
	c := resourcePage{page: g, Schema: x.Schema, Formats: formats(x), resource: x}
	if c.Body, err = readDocument(g.Language, x.Body); err != nil {
		return err
	}
	c.Links = c.Body.take("links").Links
	if d, ok := view.Lookup(x.Dataset); ok && d.Current != nil {
		c.dataset = &d
		if d.Demo {
			c.Demo = "demo.dataset"
		}
	} else {
		c.Demo = demoOfPortal(view)
	}
	c.Canonical, c.Machine = x.Address, c.Formats
	for i := range c.Alternates {
		a := &c.Alternates[i]
		a.URL = c.paged(x.Address, x.Query, a.Lang)
		a.Absolute = a.URL
	}
	if err := c.fill(r); err != nil {
		return err
	}
	if c.Title, err = g.Text("dataset.title", "title", c.Heading, "portal", g.PortalTitle); err != nil {
		return err
	}
	c.Summary = cmp.Or(c.Lead, c.Heading)
	c.Wide = c.Items != nil || len(c.Links) == 0 || c.Map == nil && c.Values == nil && c.Collections == nil && c.Datasets == nil && c.Properties == nil && len(c.Body.Nodes) == 0
	return p.pages["resource"].ExecuteTemplate(w, "layout", &c)
}

// fill makes the parts of the page that its kind of document has.
func (c *resourcePage) fill(r *http.Request) error {
	x := c.resource
	if err := c.place(r); err != nil {
		return err
	}
	if x.Operation == "getDocumentation" {
		return c.document(r)
	}
	switch x.Schema {
	case "landingPage":
		c.Lead = c.Body.take("description").Text
		c.Body.take("title")
		for _, d := range c.view.Collections {
			c.Datasets = append(c.Datasets, collectionView{datasetView: c.viewDataset(d), Href: c.at(answer.URL(r, "/api/collections", d.ID))})
		}
	case "collections":
		return c.listCollections()
	case "collection":
		c.Body.take("title")
		c.Lead = c.Body.take("description").Text
		if c.dataset != nil {
			m, err := c.newMap("dataset.map", []store.Dataset{*c.dataset})
			if err != nil {
				return err
			}
			c.Map = m
		}
	case "tileset":
		return c.mapTiles()
	case "featureCollection":
		c.NoIndex = len(x.Query) > 0
		return c.listItems()
	case "feature":
		c.NoIndex = true
		return c.showItem(r)
	}
	if properties := c.Body.get("properties"); c.Body.text("$schema") != "" && properties.Kind == kindObject {
		c.Properties = viewProperties(properties)
		c.Body.take("properties")
	}
	return c.describeAsData()
}

// mapTiles shows the datasets of a tile set, whatever its tile matrix set is.
func (c *resourcePage) mapTiles() (err error) {
	datasets := c.view.Collections
	if c.dataset != nil {
		datasets = []store.Dataset{*c.dataset}
	} else if chosen := c.resource.Query.Get("collections"); chosen != "" {
		datasets = nil
		for id := range strings.SplitSeq(chosen, ",") {
			if d, ok := c.view.Lookup(id); ok && d.Current != nil {
				datasets = append(datasets, d)
			}
		}
	}
	c.Map, err = c.newMap("dataset.map", datasets)
	return err
}

// place says where the document is: its heading, and the way to it.
func (c *resourcePage) place(r *http.Request) error {
	home, err := c.Text("nav.home")
	if err != nil {
		return err
	}
	root := answer.URL(r, "/api")
	c.Crumbs = []linked{{Text: home, Href: c.Home()}, {Text: "API", Href: c.at(root)}}
	rest := strings.Trim(strings.TrimPrefix(c.resource.Address, root), "/")
	if rest == "" {
		c.Crumbs = c.Crumbs[:1]
		c.Heading, err = c.Text("resource.landing", "portal", c.PortalTitle)
		return err
	}
	address := root
	segments := strings.Split(rest, "/")
	for i, segment := range segments {
		address += "/" + segment
		name, err := c.segmentName(segments, i)
		if err != nil {
			return err
		}
		if i < len(segments)-1 {
			c.Crumbs = append(c.Crumbs, linked{Text: name, Href: c.at(address)})
		} else {
			c.Heading = name
		}
	}
	if c.dataset != nil && len(segments) > 2 {
		c.Heading, err = c.Text("item.heading", "dataset", cmp.Or(c.dataset.Title.In(c.Code), c.dataset.ID), "label", c.Heading)
	}
	return err
}

// segmentName gives what a segment of the path is called: a word, the title of
// the dataset, or the segment itself.
func (c *resourcePage) segmentName(segments []string, i int) (string, error) {
	name, err := url.PathUnescape(segments[i])
	if err != nil {
		return segments[i], nil // it came through the router, which leaves it as it is
	}
	if i > 0 && segments[i-1] == "collections" && c.dataset != nil {
		return cmp.Or(c.dataset.Title.In(c.Code), c.dataset.ID), nil
	}
	if key := "resource." + name; c.Has(key) && i%2 == 0 {
		return c.Text(key)
	}
	return name, nil
}

// at gives the address of another page of the API in the page's language.
func (c *resourcePage) at(address string) string { return c.paged(address, nil, c.Code) }

// paged gives the page of a resource that query asks for, in a language.
func (c *resourcePage) paged(address string, query url.Values, lang string) string {
	all := url.Values{}
	maps.Copy(all, query)
	all.Set("f", "html")
	all.Set("lang", lang)
	return address + "?" + all.Encode()
}

// again gives the page that a link of the document leads to.
func (c *resourcePage) again(rel string) *linkView {
	for _, l := range c.Links {
		if l.Rel != rel {
			continue
		}
		if u, err := url.Parse(l.Href); err == nil {
			address, _, _ := strings.Cut(l.Href, "?")
			query := u.Query()
			query.Del("f")
			l.Href = c.paged(address, query, c.Code)
		}
		return &l
	}
	return nil
}
