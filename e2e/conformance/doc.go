// Command conformance runs one of OGC's executable test suites, for Features or
// for Tiles, against a portal, and says which of its tests fail. The script run
// beside it serves the demonstration catalogue for the suites whose jars it is told.
package main
