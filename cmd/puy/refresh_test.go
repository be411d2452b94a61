package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"puy/catalog"
	"puy/geo"
)

// puy serve --ingest loads what the store knows of, follows its source, keeps
// the last good version where that goes away, and ends what it does when it ends.
func TestServeRefreshes(t *testing.T) {
	var rows, hangs atomic.Int32
	rows.Store(3)
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := rows.Load()
		switch {
		case n == 0:
			w.WriteHeader(http.StatusNotFound)
			return
		case n < 0:
			hangs.Add(1)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return
		}
		io.WriteString(w, "id,nom\n")
		for i := range n {
			fmt.Fprintf(w, "%d,n\n", i)
		}
	}))
	defer origin.Close()
	url := "gpkg:" + filepath.Join(t.TempDir(), "puy.gpkg")
	st, err := openStore(t.Context(), &environment{stderr: io.Discard, getenv: os.Getenv}, url)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.PutDataset(t.Context(), catalog.Dataset{ID: "loin", Title: geo.Localized{FR: "Loin"}, Key: "id",
		Source: catalog.Source{URL: origin.URL + "/a.csv?token=secret", Every: catalog.Every(100 * time.Millisecond)}}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var log bytes.Buffer
	code := make(chan int, 1)
	go func() {
		code <- Run(ctx, []string{"serve", "--ingest", "--allow-private", "--store", url, "--listen", "127.0.0.1:0", "--cache", t.TempDir()},
			strings.NewReader(""), io.Discard, &log, func(string) string { return "" })
	}()
	wait := func(what string, done func() bool) {
		t.Helper()
		for range 600 {
			if done() {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Errorf("%s did not come about", what)
	}
	version := func(n int64) func() bool {
		return func() bool {
			d, err := st.Dataset(t.Context(), "loin")
			return err == nil && d.Current != nil && d.Current.Number == n
		}
	}
	wait("a first version", version(1))
	rows.Store(4)
	wait("a second version", version(2))
	rows.Store(0)
	wait("a failure", func() bool {
		r, err := st.Refresh(t.Context(), "loin")
		return err == nil && r.Failures > 0 && strings.Contains(r.Error, "404") && !strings.Contains(r.Error, "secret")
	})
	rows.Store(-1)
	wait("a source that hangs", func() bool { return hangs.Load() > 0 })
	cancel()
	select {
	case got := <-code:
		if got != exitOK && got != exitInterrupted || !version(2)() {
			t.Errorf("exit code %d", got)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the server does not end")
	}
	for _, want := range []string{`msg="a dataset was refreshed" dataset=loin`, `msg="a refresh failed" dataset=loin`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %s", want)
		}
	}
	if strings.Contains(log.String(), "secret") {
		t.Error("the log tells a secret")
	}
}
