// Package storetest proves that an implementation of store.Store keeps the
// contract that package store states. Every store runs the whole suite on an
// empty store of its own; what is expected is computed in plain Go from the
// rows that were written, never read back from the store under test.
package storetest
