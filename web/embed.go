package web

import (
	"embed"
	"io/fs"
)

//go:embed templates locales static all:dist
var files embed.FS

// Templates gives the html/template files: layout.html, parts.html and one file a page.
func Templates() fs.FS {
	sub, err := fs.Sub(files, "templates")
	if err != nil {
		return files // fs.Sub fails for invalid paths only
	}
	return sub
}
