package postgis_test

import (
	"context"
	"testing"

	"puy/internal/pgtest"
	"puy/store"
	"puy/store/postgis"
	"puy/store/storetest"
)

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opener {
		url := pgtest.Database(t)
		return func(t testing.TB) store.Store { return open(t, url) }
	})
}

// open opens the store without closing it when t ends.
func open(t testing.TB, url string) *postgis.Store {
	t.Helper()
	st, err := postgis.Open(context.Background(), url, postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return st
}
