package storetest

import (
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/store"
)

func testAPIKeys(t *testing.T, s *suite) {
	ctx := testContext(t)
	other := s.reopen(t)
	key := func(name, secret string, datasets ...string) store.APIKey {
		return store.APIKey{Name: name, Hash: sha256.Sum256([]byte(secret)), Last: secret[len(secret)-2:],
			Created: time.Date(2026, 5, 4, 3, 2, 1, 123456000, time.UTC), Datasets: datasets}
	}
	if list, err := s.st.APIKeys(ctx); len(list) > 0 || err != nil {
		t.Fatalf("an empty store: %v, %v", list, err)
	}
	all, two, ends := key("zoé", "secret-1"), key("Ana \"B\" 'C'", "secret-2", "velo", "arbres"), key("ana", "secret-3", "velo")
	all.Edit, two.Note, ends.Edit = true, "le \"service\"\nvoirie", true
	ends.Expires = time.Date(2026, 5, 5, 0, 0, 0, 999999000, time.UTC)
	for _, k := range []store.APIKey{all, two, ends} {
		must(t, s.st.PutAPIKey(ctx, k))
	}
	for name, st := range map[string]store.Store{"same": s.st, "other": other} {
		list, err := st.APIKeys(ctx)
		must(t, err)
		if diff := cmp.Diff([]store.APIKey{two, ends, all}, list); diff != "" {
			t.Errorf("%s handle (-want +got):\n%s", name, diff)
		}
		for _, want := range []store.APIKey{all, two, ends} {
			got, err := st.APIKey(ctx, want.Hash)
			must(t, err)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s handle (-want +got):\n%s", name, diff)
			}
		}
	}
	if !all.Permits("x") || !two.Permits("velo") || two.Permits("x") || two.Permits("vel") ||
		!all.PermitsEdit("x") || two.PermitsEdit("velo") || !ends.PermitsEdit("velo") || ends.PermitsEdit("x") {
		t.Error("Permits")
	}
	if all.Expired(time.Now()) || ends.Expired(ends.Expires.Add(-1)) || !ends.Expired(ends.Expires) {
		t.Error("Expired")
	}

	wantKind(t, "the name again", other.PutAPIKey(ctx, key("zoé", "secret-4")), geo.KindConflict)
	wantKind(t, "the key again", other.PutAPIKey(ctx, key("new", "secret-1")), geo.KindConflict)
	for _, name := range []string{"", "a\nb", "a\x00b", "\xff", strings.Repeat("é", 101)} {
		wantKind(t, "a bad name", s.st.PutAPIKey(ctx, key(name, "secret-5")), geo.KindInvalid)
	}
	for _, note := range []string{"a\x00b", "\xff", strings.Repeat("é", 1001)} {
		k := key("noted", "secret-5")
		k.Note = note
		wantKind(t, "a bad note", s.st.PutAPIKey(ctx, k), geo.KindInvalid)
	}
	must(t, s.st.PutAPIKey(ctx, key(strings.Repeat("é", 100), "secret-6")))
	_, err := s.st.APIKey(ctx, sha256.Sum256([]byte("secret-4")))
	wantKind(t, "an unknown key", err, geo.KindNotFound)
	for _, name := range []string{"nobody", "", "\x00", "\xff", "ZOÉ"} {
		wantKind(t, "removal of an unknown key", s.st.RemoveAPIKey(ctx, name), geo.KindNotFound)
	}

	must(t, other.RemoveAPIKey(ctx, "zoé"))
	_, err = s.st.APIKey(ctx, all.Hash)
	wantKind(t, "a removed key", err, geo.KindNotFound)
	must(t, s.st.PutAPIKey(ctx, key("zoé", "secret-7")))
	must(t, s.st.PutAPIKey(ctx, key("back", "secret-1")))
}
