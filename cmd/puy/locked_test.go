package main

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// quiet is a buffer that several goroutines may write to.
type quiet struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (q *quiet) Write(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.b.Write(p)
}

func (q *quiet) String() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.b.String()
}

// Whoever waits for another program is told so, once it takes long.
func TestIngestTellsThatItWaits(t *testing.T) {
	dir := t.TempDir()
	file, path := filepath.Join(dir, "a.csv"), filepath.Join(dir, "puy.gpkg")
	if err := os.WriteFile(file, []byte("id,n\na,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ingest := func(lang string) (int, string) {
		var out, errs quiet
		code := Run(t.Context(), []string{"ingest", file, "--id", "a", "--store", "gpkg:" + path}, strings.NewReader(""), &out, &errs, func(name string) string {
			if name == "LANG" {
				return lang
			}
			return ""
		})
		return code, errs.String()
	}
	if code, said := ingest("fr"); code != 0 || strings.Contains(said, "puy :") {
		t.Fatalf("with nobody else: %d, %q", code, said)
	}
	for lang, want := range map[string]string{"fr": "un autre programme écrit dans", "en": "another program is writing to"} {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		other, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
			t.Fatal(err)
		}
		ended := time.AfterFunc(3*time.Second, func() { other.ExecContext(t.Context(), "ROLLBACK") })
		defer ended.Stop()
		code, said := ingest(lang)
		if code != 0 || strings.Count(said, want) != 1 || !strings.Contains(said, path) {
			t.Errorf("%s: %d, %q", lang, code, said)
		}
	}
}
