// Package schema owns what a national or local schema says of the rows of a
// dataset: it reads Table Schema (specs.frictionlessdata.io, v1) and JSON
// Schema (drafts 4 to 2020-12) in the forms that schema.data.gouv.fr has, holds
// the schemas that come with puy, recognises them by a header, and checks rows
// one by one. Every fault names row, field, value and rule, with a sentence in
// fr and en, and its correction where that is certain.
package schema
