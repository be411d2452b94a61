// Package rings makes polygons of rings that formats give without saying, or
// without saying it reliably, which of them are holes and of which polygon.
package rings
