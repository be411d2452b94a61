package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

const (
	// prefix shows people, and programs that look for leaked secrets, what the text is.
	prefix = "puy_"
	// size is how many random bytes a key has.
	size = 32
	// shown is how many characters of a key lists may show; the others still have 230 bits.
	shown = 6
)

// encoding has no signs: a key is one word for who selects it with a mouse.
var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

var length = len(prefix) + encoding.EncodedLen(size)

// Generate makes a key of 256 random bits.
func Generate() string {
	b := make([]byte, size)
	rand.Read(b) // never fails
	return prefix + encoding.EncodeToString(b)
}

// Hash gives what a store keeps of a key.
func Hash(key string) [sha256.Size]byte { return sha256.Sum256([]byte(key)) }

// Last gives the part of a key that lists show.
func Last(key string) string { return key[max(0, len(key)-shown):] }

// wellFormed tells whether text can be a key at all.
func wellFormed(text string) bool {
	if len(text) != length || !strings.HasPrefix(text, prefix) {
		return false
	}
	_, err := encoding.DecodeString(text[len(prefix):])
	return err == nil
}
