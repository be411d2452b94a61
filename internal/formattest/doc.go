// Package formattest opens and reads files in the tests of formats: content as a
// source, and the rows of a layer as lines of text to compare.
package formattest
