// Package e2e holds the tests that use puy as its users do: the built program,
// the demonstration catalogue, and a real browser.
package e2e
