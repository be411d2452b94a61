// Package store says where data lives: the Store interface, which package
// storetest proves for every implementation.
package store
