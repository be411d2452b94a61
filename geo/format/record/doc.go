// Package record reads files that nest, JSON and XML, as records: one at a time, each
// as a tree of nodes, whatever the form. A Walker finds the records of a JSON document
// (RFC 8259; NaN and Infinity, which Python writes, are texts); Element makes a tree of
// an element of XML. The bytes, the nodes and the depth of a record are bounded, so
// that memory follows neither the size of the file nor that of a hostile record.
package record
