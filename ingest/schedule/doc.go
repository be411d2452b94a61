// Package schedule refreshes datasets from their sources when it is time to,
// each by one process at a time of all that share a store, and no more than a few
// at once. What happened is kept in the store, so that a process that starts
// anew goes on where the one before it was.
package schedule
