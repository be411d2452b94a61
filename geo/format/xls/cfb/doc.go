// Package cfb reads compound files ([MS-CFB]), the containers of old Office documents:
// a file system in a file, whose sectors chains in a file allocation table hold
// together.
//
// Nothing that a file claims is believed before it is looked at: tables are as long as
// the file has sectors, no chain is followed twice through the same sector, and a stream
// that is longer than what is there is refused. Errors are of KindInvalid.
package cfb
