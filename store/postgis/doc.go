// Package postgis keeps a catalogue and its datasets in PostgreSQL with PostGIS.
//
// Schema puy holds the catalogue. Each version of a dataset is a table of its
// own there, v_<dataset's number>_<version>: fid (primary key), id, one typed
// column a field, and geom in EPSG:4326. The view data.<dataset id> shows the
// current version under the names of the fields, for QGIS, psql or any tool.
//
// A load is one transaction, fed by COPY in its binary format: whatever ends
// it early leaves nothing. Tables of versions that are no longer kept are noted
// in puy.garbage and dropped as soon as nobody reads them.
//
// Tables of versions can be edited in place, by Edit or by any program that
// writes the table or the view. Statement triggers log the boxes of the rows in
// puy.changes; when the transaction commits, a deferred trigger gives it its
// number in puy.edits, keeps rows, extent and time of the version right, raises
// the revision and notifies channel puy. The newest 100,000 changes of a version
// are kept. mendLogs gives the triggers to tables that lack them.
//
// The migrations of schema puy are the files in sql/, applied in the order of
// their names under an advisory lock.
package postgis
