package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// served answers pages of features, linked by offset; short is how many are missing of each.
func served(t *testing.T, short int64) string {
	t.Helper()
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit, _ := strconv.ParseInt(r.URL.Query().Get("limit"), 10, 64)
		offset, _ := strconv.ParseInt(r.URL.Query().Get("offset"), 10, 64)
		if limit < 1 || r.URL.Query().Get("f") != "json" {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/geo+json")
		json.NewEncoder(w).Encode(map[string]any{"features": make([]struct{}, max(limit-short, 0)),
			"links": []map[string]string{{"rel": "next", "href": fmt.Sprintf("http://%s/?f=json&limit=%d&offset=%d&cursor=x", r.Host, limit, offset+limit)}}})
	}))
	t.Cleanup(h.Close)
	return h.URL + "/?f=json"
}

func TestCompare(t *testing.T) {
	var out bytes.Buffer
	a, err := parseContender("a=" + served(t, 0))
	if err != nil {
		t.Fatal(err)
	}
	b := bench{out: &out, n: 10_000, time: 20 * time.Millisecond, clients: []int{2}, limits: []int64{10}, plain: true, beside: []contender{a, a}}
	if deep, err := a.deep(t.Context(), 90, 10); err != nil || !strings.Contains(deep, "offset=90") || !strings.Contains(deep, "limit=10") || !strings.Contains(deep, "cursor=x") {
		t.Error(deep, err)
	}
	if err := b.compare(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(out.String()), "\n")[2:]
	if len(rows) != 4 || !strings.HasPrefix(rows[0], "| 10 | 1 | 2 | a |") || !strings.HasPrefix(rows[2], "| 10 | 1000 | 2 | a |") || !strings.Contains(rows[3], "| 0 |") {
		t.Errorf("%q", rows)
	}
	b.beside[1].items = served(t, 1)
	if err := b.compare(t.Context()); err == nil || !strings.Contains(err.Error(), "9 features") {
		t.Errorf("a server that leaves a feature out: %v", err)
	}
}

func TestParseContender(t *testing.T) {
	for _, text := range []string{"", "a", "=http://a/", "a=b", "a=https://a/"} {
		if c, err := parseContender(text); err == nil {
			t.Errorf("%q gives %+v", text, c)
		}
	}
}
