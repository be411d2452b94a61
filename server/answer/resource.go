package answer

import (
	"io"
	"net/http"
	"net/url"
)

// Resource is a document made for programs, and what a page needs besides to
// show it to people.
type Resource struct {
	Operation string // the id of the operation that gave it
	Schema    string // what kind of document it is, by its name in the API definition
	Dataset   string // the id of the dataset that it is of, or empty
	Item      string // the id of the feature that it is of, or empty
	Lang      string
	Address   string     // absolute, without its query
	Query     url.Values // what was asked, without f and lang
	Formats   []Representation
	Body      []byte // JSON
	// Operations are those that the page explains or has a form for.
	Operations []Operation
}

// Representation is the same resource in another format.
type Representation struct{ Name, MediaType, URL string }

// ConformsTo is the relation of a dataset to the schema that it follows, in the
// words of Dublin Core, which DCAT uses (W3C DCAT 3 section 6.4.3).
const ConformsTo = "http://purl.org/dc/terms/conformsTo"

// ResourcePage writes a resource as an HTML page.
type ResourcePage func(w io.Writer, r *http.Request, x *Resource) error

// WantsPage tells whether the client wants the page of a resource whose other
// formats are others: f=html, or text/html above them in the Accept header.
func WantsPage(r *http.Request, others []Format) bool {
	pairs, _ := parseQuery(r.URL.RawQuery)
	for _, pair := range pairs {
		if pair.name == "f" {
			return pair.value == HTML().Name
		}
	}
	chosen, ok := choose(r.Header.Get("Accept"), append(others[:len(others):len(others)], HTML()))
	return ok && chosen.Name == HTML().Name
}

// OfferPage notes that the resource of r has a page too, so that refusals of
// other formats name it.
func OfferPage(r *http.Request) { exchangeOf(r).paged = true }

// Operation is what a client may ask at one address, as the API definition
// tells it (OpenAPI 3.0).
type Operation struct {
	ID, Method, Path, Summary string
	Server                    string // what Path is below; empty for the API's root
	Parameters                []Parameter
	Responses                 []Response // by status
}

// Parameter is one thing that a client may say.
type Parameter struct {
	Name, In, Description string
	Required              bool
	Type, Format          string
	Enum                  []string
	Default, Least, Most  string // empty where there is none
}

// Response is one way in which an operation answers.
type Response struct {
	Status, Description string
	MediaTypes          []string
}
