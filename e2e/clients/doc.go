// Package clients holds the tests that read puy as other programs do: QGIS and
// OWSLib through their Python libraries, a validator that compares each answer
// with what the API definition promises, and OGC's test suites, repeated in Go.
package clients
