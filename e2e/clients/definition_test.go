package clients

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// definition is the API definition of a portal, read by a strict reader.
type definition struct {
	*openapi3.T
	portal *portal
}

func loadDefinition(t *testing.T, p *portal) *definition {
	t.Helper()
	address, err := url.Parse(p.url + "/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromURI(address)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context(), openapi3.EnableSchemaFormatValidation(), openapi3.EnableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
	return &definition{doc, p}
}

// exchange is a request of a documented operation.
type exchange struct {
	path, method string // as the definition has them
	places       map[string]string
	query        url.Values
	header       http.Header
	body         string
	refused      bool // whether the request is to be wrong
}

// do sends e and compares the request and the answer with the definition.
func (d *definition) do(t *testing.T, e exchange) (int, http.Header, []byte) {
	t.Helper()
	item := d.Paths.Value(e.path)
	operation := item.GetOperation(e.method)
	server := d.Servers[0]
	if operation.Servers != nil {
		server = (*operation.Servers)[0]
	}
	path := e.path
	for name, value := range e.places {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	address := strings.TrimSuffix(server.URL, "/") + path
	if len(e.query) > 0 {
		address += "?" + e.query.Encode()
	}
	r, err := http.NewRequestWithContext(t.Context(), e.method, address, strings.NewReader(e.body))
	if err != nil {
		t.Fatal(err)
	}
	if e.header != nil {
		r.Header = e.header
	}
	request := &openapi3filter.RequestValidationInput{Request: r, PathParams: e.places,
		Route: &routers.Route{Spec: d.T, Server: server, Path: e.path, PathItem: item, Method: e.method, Operation: operation},
		Options: &openapi3filter.Options{AuthenticationFunc: func(_ context.Context, in *openapi3filter.AuthenticationInput) error {
			if in.SecurityScheme.Type == "http" && strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
				return nil
			}
			return in.NewError(openapi3filter.ErrAuthenticationServiceMissing)
		}}}
	if err := openapi3filter.ValidateRequest(t.Context(), request); !e.refused && err != nil {
		t.Errorf("the definition does not allow %s %s: %v", e.method, address, err)
	}
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(e.body)), int64(len(e.body))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if e.refused != (answer.StatusCode >= 400) || answer.StatusCode >= 500 {
		t.Errorf("%s %s: %s %.300s", e.method, address, answer.Status, body)
	}
	if operation.Responses.Status(answer.StatusCode) == nil {
		t.Errorf("%s %s: the definition has no answer %d", e.method, address, answer.StatusCode)
	}
	err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{RequestValidationInput: request,
		Status: answer.StatusCode, Header: answer.Header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true}})
	if err != nil {
		t.Errorf("%s %s is not what the definition promises: %.600v", e.method, address, err)
	}
	return answer.StatusCode, answer.Header, body
}

// testDefinition asks for each documented path in each of its formats, with each of
// its parameters, and with what it refuses; of collections only those that are
// named, unless none is.
func testDefinition(t *testing.T, p *portal, collections ...string) {
	d := loadDefinition(t, p)
	asked, spatial := 0, map[string]bool{}
	for path := range d.Paths.Map() {
		if of := strings.Split(path, "/"); len(of) == 4 && of[1] == "collections" && of[3] == "tiles" {
			spatial[of[2]] = true
		}
	}
	for path, item := range d.Paths.Map() {
		plain := exchange{path: path, method: "GET", places: map[string]string{"tileMatrixSetId": "WebMercatorQuad", "tileMatrix": "9", "tileRow": "182",
			"tileCol": "260", "styleId": "communes", "version": "1"}}
		of := strings.Split(path, "/")
		if len(collections) > 0 && len(of) > 2 && (of[1] == "collections" || of[1] == "downloads") &&
			!slices.Contains(collections, strings.TrimSuffix(of[2], ".{format}")) {
			continue
		}
		if strings.HasSuffix(path, "/{item}") {
			plain.places["item"] = firstItem(t, p, of[2])
		}
		send := func(e exchange, name, value string) {
			e.query = url.Values{}
			if name != "" {
				e.query.Set(name, value)
			}
			asked++
			d.do(t, e)
		}
		var formats []string
		for _, ref := range item.Get.Parameters {
			parameter := ref.Value
			if parameter.In == "path" {
				if parameter.Name == "format" {
					formats = texts(parameter.Schema.Value.Enum)
				}
				continue
			}
			if parameter.Name == "cursor" { // tried by following next
				continue
			}
			for _, value := range values(parameter) {
				e := plain
				if formats != nil {
					e.places = map[string]string{"format": "geojson"}
				}
				send(e, parameter.Name, value)
			}
		}
		e := plain
		if formats == nil {
			send(e, "", "")
		}
		for _, format := range formats {
			e.places = map[string]string{"format": format}
			send(e, "", "")
		}
		e.refused = true
		send(e, "unknownQueryParameter", "1")
		if formats == nil && path != "/openapi.html" { // a page, for whoever asks
			e.header = http.Header{"Accept": {"image/x-none"}}
			send(e, "", "")
		}
		if len(e.places["item"]) > 0 {
			absent := e
			absent.header, absent.places = nil, map[string]string{"item": "nulle part"}
			send(absent, "", "")
		}
	}
	if asked < 500 || len(spatial) != 8 {
		t.Errorf("%d requests over %d layers", asked, len(spatial))
	}
	t.Logf("%d requests", asked)
}

// values gives valid values of a query parameter.
func values(p *openapi3.Parameter) []string {
	schema := p.Schema.Value
	known := map[string][]string{"bbox": {"3,45.7,3.1,45.8", "3,45.7,0,3.1,45.8,1000"}, "datetime": {"2024-01-01/..", "2024-01-01T00:00:00Z"},
		"filter": {"1 = 1"}, "collections": {"communes,points-hauts"}, "collection": nil, "ids": {"communes,arrets-bus"}, "externalIds": {"communes"}, "offset": {"0", "5"},
		"asof": {"1"}, "from": {"1"}, "to": {"1"},
	}
	if list, ok := known[p.Name]; ok {
		return list
	}
	switch {
	case len(schema.Enum) > 0:
		return texts(schema.Enum)
	case schema.Items != nil && len(schema.Items.Value.Enum) > 0:
		return texts(schema.Items.Value.Enum[:1])
	case schema.Type.Is("integer"):
		return []string{"1", "7"}
	case schema.Type.Is("number"):
		return []string{"1.5"}
	case schema.Type.Is("boolean"):
		return []string{"true", "false"}
	case schema.Format == "date":
		return []string{"2024-02-29"}
	case schema.Format == "date-time":
		return []string{"2024-02-29T12:00:00Z"}
	}
	return []string{"x"}
}

func texts(list []any) []string {
	var out []string
	for _, v := range list {
		if s, ok := v.(string); ok && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
