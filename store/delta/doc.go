// Package delta tells what differs between two kept versions of a dataset,
// feature by feature, by streams in the order of fids: memory does not follow
// the size of the versions.
package delta
