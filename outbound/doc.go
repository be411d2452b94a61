// Package outbound owns the rule of which servers puy asks on behalf of a
// catalogue: those of the internet, and those of private networks only where
// somebody has allowed it, so that no entry makes it reach what is not meant to be
// reached.
package outbound
