// Package shp reads and writes Shapefiles (ESRI Shapefile Technical Description,
// July 1998): a main file of shapes (.shp) and a dBASE table (.dbf), with an index
// (.shx), a CRS (.prj) and an encoding (.cpg) beside them, all in one zip
// archive. A .shp on disk is read with its siblings, and a .dbf alone as a table.
//
// Shapes and rows are streamed side by side out of the archive; nothing is
// unpacked, except for a .shp whose records do not follow one another and are
// found by the index. Rings make polygons by which ring lies in which, whatever
// way they run. Measures (M) are dropped, Z is kept. Where names of columns or
// texts were shortened in writing, a text file in the archive tells so.
package shp
