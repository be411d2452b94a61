package schema

import (
	"net/url"
	"path"
	"strings"
)

// Reference is what anybody may know of a schema that a dataset names.
type Reference struct {
	Name    string // at schema.data.gouv.fr, or the name of its file
	Version string // empty where the reference does not tell
	URL     string // of its page or of itself; empty for none that anybody can read
}

// Refer understands a reference of a catalogue: no path of a disk and nothing
// that an address bears besides its path is in what it gives.
func Refer(reference string) Reference {
	if s, _, ok := Lookup(reference); ok {
		return Reference{Name: s.Name, Version: s.Version, URL: "https://schema.data.gouv.fr/" + s.Name + "/"}
	}
	address, _, _ := strings.Cut(reference, "#")
	u, err := url.Parse(address)
	switch {
	case err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "":
		r := Reference{Name: path.Base(u.Path)}
		if u.User == nil && u.RawQuery == "" {
			r.URL = u.String()
		}
		return r
	case strings.HasSuffix(address, ".json"):
		return Reference{Name: path.Base(address)}
	}
	name, version, _ := strings.Cut(address, "@")
	return Reference{Name: name, Version: strings.TrimPrefix(version, "v")}
}
