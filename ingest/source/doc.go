// Package source brings what a dataset comes from to one file on disk: a file,
// a folder of files, a download, the features of an OGC API or a WFS server, a
// dataset of another portal, a table of a PostGIS database. It asks only for
// what has changed where the publisher can tell, retries what may pass, goes to
// no private address unless it is allowed to, and leaves no secret in what it
// says and nothing on disk.
package source
