package walk_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"puy/bench/walk"
	"puy/tiles/mvt"
)

func TestPercentile(t *testing.T) {
	var hundred []time.Duration
	for i := range 100 {
		hundred = append(hundred, time.Duration(i+1))
	}
	for _, c := range []struct {
		sorted []time.Duration
		p      float64
		want   time.Duration
	}{
		{nil, 50, 0}, {[]time.Duration{7}, 0, 7}, {[]time.Duration{7}, 99, 7}, {[]time.Duration{1, 9}, 50, 1}, {[]time.Duration{1, 9}, 51, 9},
		{[]time.Duration{1, 2, 9}, 50, 2}, {hundred, 50, 50}, {hundred, 99, 99}, {hundred, 99.5, 100}, {hundred, 100, 100}, {hundred[:99], 99, 99},
	} {
		if got := walk.Percentile(c.sorted, c.p); got != c.want {
			t.Errorf("percentile %v of %d durations: %d, want %d", c.p, len(c.sorted), got, c.want)
		}
	}
}

func TestFigures(t *testing.T) {
	f := walk.Figures{Requests: 50, Seconds: 2, Bytes: 100_000}
	if f.Rate() != 25 || f.KB() != 2 {
		t.Errorf("%v tiles a second of %v KB", f.Rate(), f.KB())
	}
	if zero := (walk.Figures{}); zero.Rate() != 0 || zero.KB() != 0 {
		t.Error("no requests have a rate")
	}
	row := walk.Row{A: f, B: walk.Figures{Requests: 10, Seconds: 4}}
	if row.Ratio() != 10 {
		t.Errorf("ratio %v", row.Ratio())
	}
}

// The tiles that Puy de Dôme's summit lies in, as other software numbers them.
func TestPlaces(t *testing.T) {
	want := []walk.Place{{0, 0, 0}, {1, 1, 0}, {10, 520, 365}, {14, 8326, 5843}}
	var got []walk.Place
	for _, p := range want {
		got = append(got, walk.At(2.9656, 45.7723, p.Z))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if p := walk.At(180, -90, 3); p != (walk.Place{3, 7, 7}) {
		t.Errorf("the world's corner lies in %v", p)
	}
	box := [4]float64{-6, 47, -1, 49}
	some := walk.Within(box, 12, 30, 1)
	if len(some) != 30 || cmp.Diff(some, walk.Within(box, 12, 30, 1)) != "" || cmp.Diff(some, walk.Within(box, 12, 30, 2)) == "" {
		t.Errorf("%d tiles, or not the same ones again", len(some))
	}
	if all := walk.Within([4]float64{-180, -85, 180, 85}, 2, 100, 1); len(all) != 16 {
		t.Errorf("zoom 2 has %d tiles", len(all))
	}
	points := [][2]float64{{1, 1}, {1, 1}, {1, 1}, {50, 50}, {50, 50}, {-50, 50}, {-120, -50}}
	among := walk.Among(points, 4, 4, 1)
	if len(among) != 4 || among[0] != walk.At(1, 1, 4) || among[1] != walk.At(50, 50, 4) {
		t.Errorf("the densest tiles are not first: %v", among)
	}
	read, err := walk.ReadPlaces(strings.NewReader("14/8326/5843\n0/0/0\n"))
	if diff := cmp.Diff([]walk.Place{{14, 8326, 5843}, {}}, read); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, err := walk.ReadPlaces(strings.NewReader("14/8326\n")); err == nil {
		t.Error("half a place is accepted")
	}
	if url := walk.Template("http://h/{z}/{x}/{y}.mvt?v={z}").Expand(walk.Place{1, 2, 3}); url != "http://h/1/2/3.mvt?v=1" {
		t.Error(url)
	}
}

// tileServer answers tiles of so many points as features says, after a pause,
// and remembers what it was asked.
type tileServer struct {
	*httptest.Server
	mu          sync.Mutex
	asked       []string
	connections map[string]bool
	atOnce, now int
}

func serve(t *testing.T, pause time.Duration, features func(path string) int) *tileServer {
	t.Helper()
	s := &tileServer{connections: map[string]bool{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked, s.connections[r.RemoteAddr] = append(s.asked, r.URL.RequestURI()), true
		s.now++
		s.atOnce = max(s.atOnce, s.now)
		s.mu.Unlock()
		time.Sleep(pause)
		defer func() { s.mu.Lock(); s.now--; s.mu.Unlock() }()
		n := features(r.URL.Path)
		switch {
		case n < 0:
			http.Error(w, "broken", http.StatusInternalServerError)
			return
		case n == 0:
			w.WriteHeader(http.StatusNoContent)
			return
		}
		layer := mvt.Layer{Name: "points"}
		for i := range n {
			layer.Features = append(layer.Features, mvt.Feature{Type: mvt.Points, Parts: [][]mvt.Point{{{X: int32(i), Y: 20}}}, Properties: map[string]any{"id": int64(i)}})
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		z.Write(mvt.AppendTile(nil, layer))
		z.Close()
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *tileServer) template() walk.Template { return walk.Template(s.URL + "/{z}/{x}/{y}") }

func TestRun(t *testing.T) {
	places := walk.Within([4]float64{-180, -85, 180, 85}, 4, 40, 1)
	empty, broken := places[3].String(), places[5].String()
	s := serve(t, 2*time.Millisecond, func(path string) int {
		switch path {
		case "/" + empty:
			return 0
		case "/" + broken:
			return -1
		}
		return 3
	})
	f, err := walk.Run(context.Background(), s.template(), places, walk.Options{Clients: 4})
	if err != nil {
		t.Fatal(err)
	}
	if f.Requests != 40 || f.Empty != 1 || f.Failed != 1 || !strings.Contains(f.Failure, broken) || f.Bytes == 0 {
		t.Errorf("%+v", f)
	}
	if f.P50 < 2 || f.P99 < f.P50 || f.Max < f.P99 || f.Seconds < 0.02 {
		t.Errorf("figures that cannot be: %+v", f)
	}
	if len(s.connections) != 4 || s.atOnce != 4 {
		t.Errorf("%d connections, %d requests at once", len(s.connections), s.atOnce)
	}
	seen := map[string]bool{}
	for _, path := range s.asked {
		seen[path] = true
	}
	if len(seen) != 40 {
		t.Errorf("%d different tiles were asked for", len(seen))
	}
}

func TestRunEnds(t *testing.T) {
	s := serve(t, time.Millisecond, func(string) int { return 1 })
	places := []walk.Place{{1, 0, 0}, {1, 1, 1}}
	f, err := walk.Run(context.Background(), s.template(), places, walk.Options{Clients: 2, Repeat: true, Count: 25})
	if err != nil || f.Requests != 25 {
		t.Errorf("25 requests: %+v %v", f, err)
	}
	begin := time.Now()
	f, err = walk.Run(context.Background(), s.template(), places, walk.Options{Repeat: true, Time: 50 * time.Millisecond})
	if took := time.Since(begin); err != nil || f.Requests < 3 || took > 5*time.Second {
		t.Errorf("50 ms: %+v %v after %v", f, err, took)
	}
	s.asked = nil
	if _, err = walk.Run(context.Background(), s.template(), places, walk.Options{Repeat: true, Count: 6, Bust: "v"}); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, uri := range s.asked {
		seen[uri] = true
	}
	if len(seen) != 6 {
		t.Errorf("asked past caches: %v", s.asked)
	}
	if _, err := walk.Run(context.Background(), "http://127.0.0.1:1/{z}", places, walk.Options{}); err == nil {
		t.Error("a server that is not there has figures")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := walk.Run(ctx, s.template(), places, walk.Options{}); err == nil {
		t.Error("a walk that was called off has figures")
	}
}

func TestDuel(t *testing.T) {
	places := append(walk.Within([4]float64{-180, -85, 180, 85}, 5, 60, 1), walk.Within([4]float64{-180, -85, 180, 85}, 3, 60, 1)...)
	odd := places[0].String()
	a := serve(t, 0, func(string) int { return 100 })
	b := serve(t, 5*time.Millisecond, func(path string) int {
		if path == "/"+odd {
			return 60
		}
		return 101
	})
	d := walk.Duel{A: a.template(), B: b.template(), Clients: []int{1, 2}, Rounds: 2, Fresh: true, Check: 10, Tolerance: 0.02}
	result, err := d.Run(context.Background(), places)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Rows) != 4 || result.Rows[0].Zoom != 5 || result.Rows[3].Zoom != 3 || result.Rows[3].Clients != 2 {
		t.Fatalf("%+v", result.Rows)
	}
	for _, row := range result.Rows {
		if row.A.Requests != 24 || row.B.Requests != 24 || row.B.P50 < 5 {
			t.Errorf("%+v: ratio %v", row, row.Ratio())
		}
	}
	if l := result.Like[5]; l.Tiles != 10 || l.Different != 1 || len(l.Differences) != 1 || !strings.Contains(l.Differences[0], odd) || l.A.Features != 1000 || l.B.Features != 969 {
		t.Errorf("%+v", l)
	}
	if l := result.Like[3]; l.Different != 0 || l.A.Properties != 1000 {
		t.Errorf("%+v", l)
	}
	if result.Check() == nil {
		t.Error("a tile that differs passes the check")
	}
	// Every walk had its own tiles; those compared afterwards were asked for again.
	times := map[string]int{}
	for _, path := range a.asked[:24*2] {
		times[path]++
	}
	for path, n := range times {
		if n > 1 {
			t.Errorf("%s was asked for %d times", path, n)
		}
	}
	var table bytes.Buffer
	result.WriteTable(&table, "ours", "theirs")
	for _, want := range []string{"| 5 | 1 | 24 |", "theirs: p50 ms", fmt.Sprintf("- %s: the layer has 100 features in A, 60 in B", odd)} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, &table)
		}
	}
	d.Fresh, d.Clients = true, []int{1, 2, 4, 8, 16}
	if _, err := d.Run(context.Background(), places[:5]); err == nil {
		t.Error("five tiles are enough for ten walks")
	}
}
