// Package overlay holds what has changed since a snapshot was built: the changed
// and new features, packed as in the snapshot, in an R-tree, and which features
// of the snapshot they hide.
package overlay
