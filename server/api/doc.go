// Package api is the OGC API of the server: the landing page, the conformance
// declaration, the API definition, the collections and their features
// (OGC 17-069r4, Features Part 1; OGC 19-072, Common Part 1).
//
// One table of operations makes both the routes and the OpenAPI document, so
// that neither promises what the other does not keep.
package api
