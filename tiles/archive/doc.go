// Package archive serves the tiles of PMTiles archives that a catalogue names as
// the source of a dataset: files on disk, or URLs whose servers answer ranges.
//
// A Service opens an archive when it is first asked for, keeps the tiles that were
// used last, in bounded memory, and notices when the archive is replaced: at once
// where it has to read, otherwise after a second for a file and ten for a URL. A
// tile bears the edition of the archive that it was read of, so that tiles of two
// editions never stand under one version.
//
// Tiles keep the content coding that they are stored in, which may be Brotli,
// wherever the client takes it.
package archive
