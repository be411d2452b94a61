package store

import (
	"crypto/sha256"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"puy/geo"
)

// APIKey is what a store knows of a key that lets a program do what the public may not.
// The key itself it does not know.
type APIKey struct {
	// Name tells people and logs whose key it is: 1 to 100 characters, its own
	// in the store.
	Name string
	// Hash is the SHA-256 of the key. A key is 256 random bits, so a slow hash
	// would guard nothing: it cannot be guessed from its hash.
	Hash [sha256.Size]byte
	// Last is the last characters of the key, to tell it from others.
	Last    string
	Created time.Time // in UTC, to the microsecond
	Expires time.Time // in UTC, to the microsecond; zero: never
	// Datasets are the ids of those that the key is for; empty: all.
	Datasets []string
	// Edit tells that the key may change features. Without it the key opens only
	// the reading of what is not public.
	Edit bool
	// Note is for people; it has at most 1,000 characters.
	Note string
}

// Permits tells whether the key is for the dataset.
func (k *APIKey) Permits(dataset string) bool {
	return len(k.Datasets) == 0 || slices.Contains(k.Datasets, dataset)
}

// PermitsEdit tells whether the key may change features of the dataset.
func (k *APIKey) PermitsEdit(dataset string) bool { return k.Edit && k.Permits(dataset) }

// Expired tells whether the key has ended.
func (k *APIKey) Expired(now time.Time) bool { return !k.Expires.IsZero() && !now.Before(k.Expires) }

const (
	maxKeyName = 100
	maxKeyNote = 1000
)

// Check tells what of k cannot be kept, as an error of KindInvalid.
func (k *APIKey) Check() error {
	n := utf8.RuneCountInString(k.Name)
	if n == 0 || n > maxKeyName || !utf8.ValidString(k.Name) {
		return geo.Errorf(geo.KindInvalid, "the name of a key has 1 to %d characters", maxKeyName)
	}
	for _, r := range k.Name {
		if r < 0x20 || r == 0x7f {
			return geo.Errorf(geo.KindInvalid, "the name of a key has no control characters")
		}
	}
	if !utf8.ValidString(k.Note) || strings.ContainsRune(k.Note, 0) || utf8.RuneCountInString(k.Note) > maxKeyNote {
		return geo.Errorf(geo.KindInvalid, "the note of a key is text of at most %d characters", maxKeyNote)
	}
	return nil
}
