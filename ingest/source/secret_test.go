package source

import "testing"

func TestPublicKeepsNoSecret(t *testing.T) {
	for address, want := range map[string]string{
		"https://example.org/a.csv":                           "https://example.org/a.csv",
		"https://user:word@example.org/a.csv":                 "https://example.org/a.csv",
		"https://example.org/export?format=csv&limit=-1":      "https://example.org/export?format=csv&limit=-1",
		"https://example.org/export?apikey=abc&format=csv":    "https://example.org/export?format=csv",
		"https://example.org/a.csv?X-Amz-Signature=abc&v=1":   "https://example.org/a.csv?v=1",
		"https://example.org/a.csv?access_token=abc#fragment": "https://example.org/a.csv#fragment",
		"https://example.org/%zz?token=abc":                   "",
	} {
		if got := Public(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
