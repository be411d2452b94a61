// Package selection reads which features of a dataset a request is about: the
// parameters bbox, bbox-crs, datetime, name=value, filter, filter-lang,
// filter-crs and q (OGC 17-069r4 section 7.15, 18-058r1, 19-079r2), and crs, the
// system that it wants their coordinates in; sortby, properties, exclude-properties
// and skipGeometry (drafts of OGC API Features Parts 8 and 6). Items, downloads and
// tiles share it, so that the same words select the same features everywhere.
package selection
