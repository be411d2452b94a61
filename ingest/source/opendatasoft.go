package source

import (
	"context"
	"encoding/json"
	"net/url"

	"puy/catalog"
	"puy/geo"
)

// openOpendatasoft downloads an export of the Explore API v2.1, which has no
// limit of rows, unlike its pages of records. Exports have no ETag: when the
// portal processed the data last tells whether they are others.
func (c *client) openOpendatasoft(ctx context.Context, s catalog.Source, known Mark) (*Fetched, error) {
	base, err := url.Parse(s.Opendatasoft)
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "%q is not the address of a source", Public(s.Opendatasoft))
	}
	at := base.JoinPath("api/explore/v2.1/catalog/datasets", s.Dataset)
	var about struct {
		Metas struct {
			Default struct {
				Processed string `json:"data_processed"`
			} `json:"default"`
		} `json:"metas"`
	}
	if err := c.json(ctx, at, &about); err != nil {
		return nil, err
	}
	export := s.Export
	if export == "" {
		export = "geojson"
	}
	address := at.JoinPath("exports", export)
	mark := Mark{ETag: about.Metas.Default.Processed}
	if mark != (Mark{}) && mark == known {
		return &Fetched{Public: Public(address.String()), Mark: known}, nil
	}
	f, err := c.fetch(ctx, request{address: address.String()}, Mark{})
	if err == nil {
		f.Mark = mark
	}
	return f, err
}

// maxDocument bounds what a portal says of a dataset, in bytes.
const maxDocument = 16 << 20

// json reads the document at an address.
func (c *client) json(ctx context.Context, at *url.URL, into any) error {
	data, err := c.document(ctx, request{address: at.String(), accept: "application/json"})
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return geo.Errorf(geo.KindInvalid, "%s is not JSON as this portal should give it: %w", Public(at.String()), err)
	}
	return nil
}
