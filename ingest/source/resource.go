package source

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"puy/catalog"
	"puy/geo"
)

// resource is one file of a dataset of another portal.
type resource struct {
	ID     string `json:"id"`
	Name   string `json:"name"`  // of CKAN
	Title  string `json:"title"` // of udata
	Format string `json:"format"`
	URL    string `json:"url"`
}

// openCKAN downloads a resource of a package (CKAN Action API 3, package_show).
func (c *client) openCKAN(ctx context.Context, s catalog.Source, known Mark) (*Fetched, error) {
	var answer struct {
		Success bool `json:"success"`
		Result  struct {
			Resources []resource `json:"resources"`
		} `json:"result"`
	}
	at, err := url.Parse(s.CKAN)
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "%q is not the address of a source", Public(s.CKAN))
	}
	at = at.JoinPath("api/3/action/package_show")
	query := at.Query()
	query.Set("id", s.Dataset)
	at.RawQuery = query.Encode()
	if err := c.json(ctx, at, &answer); err != nil {
		return nil, err
	}
	if !answer.Success {
		return nil, geo.Errorf(geo.KindUnavailable, "the portal %s does not give the dataset %q", Public(s.CKAN), s.Dataset)
	}
	return c.openResource(ctx, at, answer.Result.Resources, s.Resource, known)
}

// openUdata downloads a resource of a dataset of udata (API 1), as data.gouv.fr.
func (c *client) openUdata(ctx context.Context, s catalog.Source, known Mark) (*Fetched, error) {
	var answer struct {
		Resources []resource `json:"resources"`
	}
	at, err := url.Parse(s.Udata)
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "%q is not the address of a source", Public(s.Udata))
	}
	at = at.JoinPath("api/1/datasets", s.Dataset) // udata redirects to the form with a slash
	at.Path += "/"
	if err := c.json(ctx, at, &answer); err != nil {
		return nil, err
	}
	return c.openResource(ctx, at, answer.Resources, s.Resource, known)
}

func (c *client) openResource(ctx context.Context, at *url.URL, list []resource, wanted string, known Mark) (*Fetched, error) {
	r, err := choose(list, wanted)
	if err != nil {
		return nil, err
	}
	address, err := at.Parse(r.URL)
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "the resource %q has no address", geo.ClipValue(r.ID))
	}
	return c.fetch(ctx, request{address: address.String()}, known)
}

// choose finds the resource with an id, a name or a format; of several, or where
// nothing is said of several, none: a portal may change their order.
func choose(list []resource, wanted string) (resource, error) {
	var offered []string
	for _, r := range list {
		if r.ID == wanted && wanted != "" {
			return r, nil
		}
		offered = append(offered, strings.TrimSpace(r.Name+r.Title)+" ("+strings.ToLower(r.Format)+", "+r.ID+")")
	}
	for _, fits := range []func(resource) bool{
		func(r resource) bool { return wanted == "" },
		func(r resource) bool { return r.Name == wanted || r.Title == wanted },
		func(r resource) bool { return strings.EqualFold(r.Format, wanted) },
	} {
		var found []resource
		for _, r := range list {
			if fits(r) {
				found = append(found, r)
			}
		}
		if len(found) == 1 {
			return found[0], nil
		}
	}
	if len(list) == 0 {
		return resource{}, geo.Errorf(geo.KindInvalid, "the dataset has no resource")
	}
	return resource{}, geo.Errorf(geo.KindInvalid, "%q does not tell which of %d resources is meant", wanted, len(list)).
		WithHint("state source.resource; the dataset has %s", strings.Join(offered[:min(len(offered), 20)], ", "))
}

// document gives the whole of a small answer.
func (c *client) document(ctx context.Context, r request) (data []byte, err error) {
	err = c.get(ctx, r, func(resp *http.Response) error {
		data, err = io.ReadAll(io.LimitReader(resp.Body, maxDocument+1))
		switch {
		case err != nil:
			return geo.Errorf(geo.KindUnavailable, "the answer of %s broke off: %w", Public(r.address), withoutURL(err))
		case len(data) > maxDocument:
			return geo.Errorf(geo.KindLimit, "%s has more than %d bytes", Public(r.address), maxDocument)
		}
		return nil
	})
	return data, err
}
