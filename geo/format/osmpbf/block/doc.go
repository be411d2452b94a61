// Package block reads the blocks of OpenStreetMap PBF files (OpenStreetMap wiki,
// "PBF Format"): framing, decompression, and the nodes, ways and relations within.
//
// Sizes and counts are bounded before memory is taken for them: a block needs at
// most MaxBlob bytes compressed, as many decompressed, and 24 MiB for its table of
// strings, and an element 2 MiB for its tags and 8 MiB for what it refers to. One
// block is held at a time. Errors are of KindInvalid, or KindLimit, and name the
// block; 1 is the header.
package block
