// Package access decides who may change features: it makes API keys, reads
// them from requests, and asks the store for what they permit, each time, so
// that a key that was removed ends at once on every instance. What does not
// know a key is slowed down.
package access
