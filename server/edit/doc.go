// Package edit understands requests that change features (OGC API - Features -
// Part 4, draft 20-002r1): it reads GeoJSON features (RFC 7946) and merge patches
// (RFC 7396), checks them against a dataset's schema as a load checks a file,
// tells every fault with its place, and keeps to what If-Match demands.
package edit
