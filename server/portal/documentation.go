package portal

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"puy/server/answer"
)

// documentationView explains the API: its operations, and a console that
// builds a query for features.
type documentationView struct {
	Root        string
	Collections []optionView
	Chosen      *datasetView
	Operations  []operationView
	Query       *queryView
}

type operationView struct {
	Method, Path, Anchor string
	Summary              string
	English              bool // Summary is in English whatever the page's language
	URL, Curl            string
	Parameters           []parameterView
	Responses            []responseView
}

type parameterView struct {
	answer.Parameter
	Text    string
	English bool
	Field   bool
	Kind    string // the type, and what of it
}

type responseView struct {
	answer.Response
	Text    string
	English bool
}

// queryView is the query that the console has built.
type queryView struct {
	URL, Page, Curl string
}

// consolePrefix begins the names of the console's inputs.
const consolePrefix = "q."

func (c *resourcePage) document(r *http.Request) error {
	var err error
	if c.Heading, err = c.Text("documentation.heading"); err != nil {
		return err
	}
	if c.Lead, err = c.Text("documentation.lead"); err != nil {
		return err
	}
	d := &documentationView{Root: answer.URL(r, "/api")}
	for _, one := range c.view.Collections {
		v := c.viewDataset(one)
		chosen := c.dataset != nil && one.ID == c.dataset.ID
		d.Collections = append(d.Collections, optionView{one.ID, v.Title, chosen})
		if chosen {
			d.Chosen = &v
		}
	}
	for _, o := range c.resource.Operations {
		d.Operations = append(d.Operations, c.viewOperation(d.Root, o))
		if c.dataset != nil && o.Method == http.MethodGet && o.Path == "/collections/"+c.dataset.ID+"/items" {
			if err := c.console(d, o); err != nil {
				return err
			}
		}
	}
	c.Documentation = d
	c.Canonical = c.resource.Address
	c.NoIndex = len(c.resource.Query) > 0
	return nil
}

// console makes the form that builds a query of o, and the query that it has
// built by its last sending.
func (c *resourcePage) console(d *documentationView, o answer.Operation) error {
	values := c.resource.Query
	built := url.Values{}
	for name := range values {
		if parameter, ok := strings.CutPrefix(name, consolePrefix); ok {
			built.Set(parameter, values.Get(name))
		}
	}
	if len(built) == 0 {
		built.Set("limit", "10")
		values = url.Values{consolePrefix + "limit": {"10"}}
	}
	form, err := c.newForm(o, consolePrefix, []string{"cursor", "lang"}, values)
	if err != nil {
		return err
	}
	form.Action = c.resource.Address + "#built"
	form.Hidden = []hiddenView{{"lang", c.Code}, {"collection", c.dataset.ID}}
	c.Form = form
	base := d.Root + o.Path
	address := base + "?" + built.Encode()
	d.Query = &queryView{URL: address, Page: c.paged(base, built, c.Code), Curl: curl(http.MethodGet, address)}
	return nil
}

// CountValues tells how many values a parameter may have.
func (c *resourcePage) CountValues(n int) (string, error) { return c.Count("count.values", int64(n)) }

func (c *resourcePage) viewOperation(root string, o answer.Operation) operationView {
	kind := o.ID // without the collection's name, which any other operation has too
	if c.dataset != nil {
		kind = strings.Trim(strings.Replace("."+kind+".", "."+c.dataset.ID+".", ".", 1), ".")
	}
	v := operationView{Method: o.Method, Path: o.Path, Anchor: o.ID, Summary: o.Summary, English: c.Code != "en"}
	if text, err := c.Text("operation." + kind); err == nil {
		v.Summary, v.English = text, false
	}
	address := cmp.Or(o.Server, root) + strings.TrimSuffix(o.Path, "/")
	if o.Method == http.MethodGet && !strings.Contains(o.Path, "{") {
		v.URL = address
	}
	v.Curl = curl(o.Method, address)
	for _, p := range o.Parameters {
		view := parameterView{Parameter: p, Field: c.isField(kind, p.Name)}
		view.Text, view.English = c.describeParameter(kind, p)
		view.Kind = strings.TrimSuffix(p.Type+" · "+p.Format, " · ")
		v.Parameters = append(v.Parameters, view)
	}
	for _, response := range o.Responses {
		view := responseView{Response: response, Text: response.Description, English: c.Code != "en"}
		if text, err := c.Text("response." + response.Status); err == nil {
			view.Text, view.English = text, false
		}
		v.Responses = append(v.Responses, view)
	}
	return v
}

// curl writes a command for a POSIX shell.
func curl(method, address string) string {
	command := "curl "
	if method != http.MethodGet {
		command += "-X " + method + " "
	}
	return command + "'" + strings.ReplaceAll(address, "'", `'\''`) + "'"
}
