package geo

// Localized is one text in the languages of a portal.
type Localized struct {
	FR string `json:"fr,omitempty" yaml:"fr,omitempty"`
	EN string `json:"en,omitempty" yaml:"en,omitempty"`
}

// In gives the text in lang ("fr" or "en"), or in the other language where
// there is none.
func (l Localized) In(lang string) string {
	if lang == "en" && l.EN != "" || l.FR == "" {
		return l.EN
	}
	return l.FR
}

// IsZero tells whether l has no text at all.
func (l Localized) IsZero() bool { return l == Localized{} }
