package answer

import (
	"net/http"

	"puy/geo"
)

// Removed tells that there was a dataset of this title, and is none any more.
func Removed(id string, title geo.Localized) error {
	name := title.In("fr")
	if name == "" {
		name = id
	}
	p := Refusal(http.StatusGone, "removed", "name", id, "title", name)
	p.Subject = title
	if title.IsZero() {
		p.Subject.FR = id
	}
	return p
}
