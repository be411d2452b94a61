package catalog_test

import (
	"encoding/json"
	"testing"
	"time"

	"puy/catalog"
)

func TestEvery(t *testing.T) {
	for text, want := range map[string]time.Duration{`"90m"`: 90 * time.Minute, `"daily"`: 24 * time.Hour, `"monthly"`: 720 * time.Hour, "3600000000000": time.Hour, "0": 0} {
		var got catalog.Every
		if err := json.Unmarshal([]byte(text), &got); err != nil || time.Duration(got) != want {
			t.Errorf("%s: %v, %v", text, time.Duration(got), err)
		}
		out, err := json.Marshal(got)
		var again catalog.Every
		if err != nil || json.Unmarshal(out, &again) != nil || again != got {
			t.Errorf("%s becomes %s, %v", text, out, err)
		}
	}
	for _, text := range []string{`"often"`, `""`, `{}`, `"1 day"`} {
		if err := json.Unmarshal([]byte(text), new(catalog.Every)); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}
