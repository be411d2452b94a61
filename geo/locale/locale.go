package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"sync"

	"puy/geo"
)

//go:embed fr.json
var files embed.FS

// In gives the Tongue of a language, as "fr"; one that has nothing to say where
// there is none, and for English.
func In(lang string) geo.Tongue {
	if lang != "fr" {
		return func(string) (string, bool) { return "", false }
	}
	l := french()
	return func(english string) (string, bool) {
		said, ok := l.Sentences[english]
		if !ok {
			said, ok = l.Words[english]
		}
		return said, ok
	}
}

// language is a file of this package.
type language struct {
	// Sentences has a format for every format of an error, a hint or a line.
	Sentences map[string]string `json:"sentences"`
	// Words has what stands within them: types, and what was found or expected.
	Words map[string]string `json:"words"`
}

// french reads the embedded file once; a test reads it too.
var french = sync.OnceValue(func() language {
	l, _ := load("fr.json")
	return l
})

func load(name string) (language, error) {
	var l language
	data, err := files.ReadFile(name)
	if err != nil {
		return l, err
	}
	if err := json.Unmarshal(data, &l); err != nil {
		return l, fmt.Errorf("%s: %w", name, err)
	}
	return l, nil
}
