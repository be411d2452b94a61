// Package clients holds the tests that read puy as other programs do: QGIS and
// OWSLib through their Python libraries, and a validator that compares each answer
// with what the API definition promises.
package clients
