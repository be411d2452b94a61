// Package idtable keeps a number for each of many ids, in order of id, with a bound
// on memory: ids are gathered and sorted in runs, runs are merged into pages, and
// pages that do not fit into memory are in a temporary file.
//
// A Table takes 16 MiB for its pages and 8 bytes for each 256 ids; a Sorter 16 MiB,
// and 4 KiB for each two million ids while it ends; a Spool 1 MiB. On disk an id
// takes 16 bytes in a Table and about two in a Sorter.
package idtable
