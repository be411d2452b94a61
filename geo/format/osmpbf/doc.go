// Package osmpbf reads OpenStreetMap data in PBF files (OpenStreetMap wiki, "PBF
// Format"), those of one moment, by a filter of tags: format.Options.Tags, in the
// grammar of package tagfilter. Without one a file is refused with its most
// frequent tags, since everything that is on a map is not a dataset.
//
// Nodes are points. Ways are lines, or areas where they are closed and their tags
// say so. Relations of type multipolygon and boundary are areas, those of type
// route and waterway multi-part lines; others have no geometry of their own and are
// counted. Layers are points, lines and areas; without a layer all of them are read.
// Rings are joined from ways in any order and direction; which of them are holes is
// found by which lies in which, since roles are often wrong. What is not complete
// in the file, as at the edges of an extract, is left out and told.
//
// Fields are the element's id ("way/123", the feature's id as well) and kind, the
// keys of the filter, "name", those that the dataset declares, the most frequent
// others, and the rest of the tags as JSON. Tags are free text that anybody edits,
// so that a column of numbers today may not be one tomorrow: they stay text unless
// a type is declared.
//
// A file is read four times: which elements fit; the ways that fitting relations
// consist of; the positions of the nodes that all these need; and the features, to
// find what the layer holds. Blocks without what a pass needs are skipped.
//
// Memory does not follow the file: 65 MiB for the tables of ids, with 8 bytes for each
// 256 nodes that are needed; 16 bytes a block of the file; and what a block and an
// element take, a few MiB in files of others and, whatever strangers write, at most
// 100 MiB for a block and 200 MiB for a geometry of maxPositions positions. Beyond
// that tables are in temporary files: 16 bytes a node, and about two bytes for each
// node of a way that a relation needs; bounded by the size of the file (see want).
// Elements of each kind may come in any order; features come in that of the file.
package osmpbf
