package catalog_test

import (
	"encoding/json"
	"strings"
	"testing"

	"puy/catalog"
)

func TestShare(t *testing.T) {
	for text, want := range map[string]catalog.Share{"5%": 0.05, " 12.5 % ": 0.125, "0.29": 0.29, "29%": 0.29, "0": 0, "1": 1, "100%": 1} {
		var got catalog.Share
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
		out, err := json.Marshal(got)
		var again catalog.Share
		if err != nil || json.Unmarshal(out, &again) != nil || again != got {
			t.Errorf("%v becomes %s, %v, and then %v", got, out, err, again)
		}
	}
	for _, text := range []string{"", "%", "5", "-1%", "101%", "NaN", "five", "5%%", "1e400"} {
		var got catalog.Share
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

func TestAcceptErrorsInAnEntry(t *testing.T) {
	entry := func(line string) []byte {
		return []byte("id: a\ntitle: {fr: A}\nlicence: lov2\nsource: {file: a.csv}\n" + line + "\n")
	}
	for line, want := range map[string]catalog.Share{"": 0, "accept_errors: 5%": 0.05, "accept_errors: 0.05": 0.05, "accept_errors: '1%'": 0.01} {
		d, err := catalog.ParseDataset("a.yaml", entry(line), &catalog.Portal{})
		if err != nil || d.AcceptErrors != want {
			t.Errorf("%q: %v, %v; want %v", line, d.AcceptErrors, err, want)
		}
	}
	for _, line := range []string{"accept_errors: 5", "accept_errors: some", "accept_errors: [5%]", "accept_errors: -1%", "accept-errors: 5%"} {
		_, err := catalog.ParseDataset("a.yaml", entry(line), &catalog.Portal{})
		if err == nil || !strings.Contains(err.Error(), "a.yaml:5:") {
			t.Errorf("%q: %v; want an error with its line", line, err)
		}
	}
}
