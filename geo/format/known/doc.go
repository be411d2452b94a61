// Package known lists the file formats that puy knows, and recognises them. It is
// the one place where formats are wired: no format registers itself.
package known
