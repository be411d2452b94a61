// Package server is the HTTP server: it puts the doors (the OGC API, tiles,
// the portal's pages) on one router, surrounds them with what all answers
// share, and runs until it is told to stop.
package server
