// Package archive opens zip files that strangers send: the directory and each
// entry are bounded before anything is allocated or unpacked, and entries are
// read as streams, so that nothing is ever written to a path that an archive
// names.
package archive
