package clients

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// suite repeats what OGC's executable suites for Features and Tiles ask of a
// server, and what they look for in the answers; docs/conformance.md tells which
// of their tests stands where.
type suite struct {
	*definition
	api         string
	claims      []string
	landing     []link
	list        listed // …/collections
	collections []collection
}

type link struct {
	Href, Rel, Type, Title string
	Templated              bool
}

// listed is a document with links and collections.
type listed struct {
	Links       []link
	CRS         []string
	Collections []json.RawMessage
}

type collection struct {
	ID, ItemType, StorageCRS string
	CRS                      []string
	Extent                   struct {
		Spatial *struct {
			BBox [][]float64
			CRS  string
		}
		Temporal *struct{ Interval [][]*string }
	}
	Links []link

	raw json.RawMessage
}

// testSuites looks at each dataset of the portal.
func testSuites(t *testing.T, p *portal) {
	s := &suite{definition: loadDefinition(t, p), api: p.url + "/api"}
	t.Run("landing page", s.testLandingPage)
	t.Run("conformance", s.testConformance)
	t.Run("collections", s.testCollections)
	if len(s.collections) != 9 {
		t.Fatalf("%d collections", len(s.collections))
	}
	t.Run("parameters", s.testParameters)
	t.Run("items", s.testItems)
	t.Run("feature", s.testFeature)
	t.Run("wrong parameters", s.testWrongParameters)
	t.Run("systems", s.testSystems)
	t.Run("crs", s.testCRS)
	t.Run("bbox-crs", s.testBoundsCRS)
	t.Run("tilesets", s.testTilesets)
	t.Run("tiles", s.testTiles)
}

// reply is an answer to a GET.
type reply struct {
	url    string
	status int
	header http.Header
	body   []byte
}

// get asks for an address as it stands, with a query besides its own.
func (s *suite) get(t *testing.T, address, accept string, query ...string) reply {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	values := u.Query()
	for i := 0; i < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	u.RawQuery = values.Encode()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, u.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.Proto != "HTTP/1.1" {
		t.Errorf("%s answers in %s", u, answer.Proto)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("%s: %v", u, err)
	}
	return reply{u.String(), answer.StatusCode, answer.Header, body}
}

// read asks for JSON that must be there.
func (s *suite) read(t *testing.T, address, accept string, into any, query ...string) reply {
	t.Helper()
	r := s.get(t, address, accept, query...)
	if r.status != http.StatusOK {
		t.Fatalf("%s: %d %.300s", r.url, r.status, r.body)
	}
	if err := json.Unmarshal(r.body, into); err != nil {
		t.Fatalf("%s: %v in %.300s", r.url, err, r.body)
	}
	return r
}

// linkTo gives the first link with a relation and, unless it is empty, a type.
func linkTo(links []link, rel, mediaType string) (link, bool) {
	i := slices.IndexFunc(links, func(l link) bool { return l.Rel == rel && (mediaType == "" || l.Type == mediaType) })
	if i < 0 {
		return link{}, false
	}
	return links[i], true
}

const core = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"

// checkLinks looks that a document has a link to itself, one to itself in each
// other encoding that the server claims for such a document, and those with the
// relations, all with their types.
func (s *suite) checkLinks(t *testing.T, what string, links []link, json string, rels ...string) {
	t.Helper()
	self, ok := linkTo(links, "self", "")
	if !ok {
		t.Errorf("%s has no link to itself", what)
	}
	for class, mediaType := range map[string]string{"geojson": json, "html": "text/html"} {
		if !slices.Contains(s.claims, core+class) || self.Type == mediaType {
			continue
		}
		if _, ok := linkTo(links, "alternate", mediaType); !ok {
			t.Errorf("%s has no link to itself as %s", what, mediaType)
		}
	}
	for _, rel := range rels {
		if _, ok := linkTo(links, rel, ""); !ok {
			t.Errorf("%s has no link %s", what, rel)
		}
	}
	for _, l := range links {
		if l.Rel == "" || l.Type == "" || !strings.HasPrefix(l.Href, "http") {
			t.Errorf("%s has the link %+v", what, l)
		}
	}
}
