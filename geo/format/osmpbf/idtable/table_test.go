package idtable_test

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo/format/osmpbf/idtable"
)

// TestTable keeps more ids than fit into memory, in any order and some twice, and
// compares with what is computed: the multiples of 7, with their half as a number.
func TestTable(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, n := range []int64{0, 1, 256, 257, 2_500_000} {
		var s idtable.Sorter
		r := rand.New(rand.NewPCG(1, uint64(n)))
		order := make([]int64, n)
		for i := range order {
			order[i] = 7 * (int64(i) - n/2)
		}
		r.Shuffle(len(order), func(i, k int) { order[i], order[k] = order[k], order[i] })
		if err := s.Add(order...); err != nil {
			t.Fatal(err)
		}
		if err := s.Add(order[:n/3]...); err != nil {
			t.Fatal(err)
		}
		if s.Empty() != (n == 0) {
			t.Error("empty", n)
		}
		table, err := s.Table()
		if err != nil {
			t.Fatal(err)
		}
		if table.Len() != n || table.Missing() != n {
			t.Fatalf("%d of %d ids, %d missing", table.Len(), n, table.Missing())
		}
		for i := int64(-3); i < 7*n; i += 1 + n/300_000 { // others than multiples are not there
			if err := table.Set(i-7*(n/2), uint64(i)+9); err != nil {
				t.Fatal(err)
			}
		}
		missing := n
		for i := int64(-3); i < 7*n; i += 1 + n/300_000 {
			got, ok, err := table.Get(i - 7*(n/2))
			if err != nil {
				t.Fatal(err)
			}
			if want := i >= 0 && i%7 == 0; ok != want || ok && got != uint64(i)+9 {
				t.Fatalf("%d: %v %v", i, got, ok)
			}
			if ok {
				missing--
			}
		}
		if table.Missing() != missing {
			t.Errorf("%d missing, not %d", table.Missing(), missing)
		}
		if err := table.Close(); err != nil {
			t.Error(err)
		}
	}
	noneLeft(t)
}

func noneLeft(t *testing.T) {
	t.Helper()
	left, err := os.ReadDir(os.TempDir())
	if len(left) != 0 || err != nil {
		t.Error(left, err)
	}
}

func TestExtremes(t *testing.T) {
	var s idtable.Sorter
	if err := s.Add(math.MaxInt64, 0, math.MinInt64, 0); err != nil {
		t.Fatal(err)
	}
	table, err := s.Table()
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	for _, id := range []int64{math.MinInt64, 0, math.MaxInt64} {
		if _, ok, err := table.Get(id); !ok || err != nil {
			t.Error(id, err)
		}
	}
	if table.Len() != 3 {
		t.Error(table.Len())
	}
}

// TestSpool keeps lists of more bytes than fit into memory.
func TestSpool(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var s idtable.Spool
	var places []uint64
	var lists [][]int64
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 3000 {
		list := make([]int64, r.IntN(400))
		for k := range list {
			list[k] = int64(r.Uint64() >> uint(i%60))
		}
		at, err := s.Append(list)
		if err != nil || at == 0 {
			t.Fatal(at, err)
		}
		places, lists = append(places, at), append(lists, list)
	}
	var got []int64
	var err error
	for range 3000 {
		i := r.IntN(len(places))
		if got, err = s.Read(places[i], got[:0]); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(lists[i], append([]int64{}, got...)); diff != "" {
			t.Fatal(diff)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	noneLeft(t)
}
