// Package sheet makes a table of a worksheet, whatever program wrote it: it finds
// the header under titles and above the data, the types of the columns and the
// geometry, and gives features.
//
// The header is the first line of texts (years may stand among them) that is nearly
// as wide as the widest of the first lines. Lines above it are left out with a
// warning. A line of texts right below it that fills its gaps belongs to it: such a
// column is called by both, "Montant annuel". Lines without a value are skipped.
//
// Of merged cells the first has the value and the others have none, which a warning
// tells. The types of columns are found from all cells as format.CellFinder says,
// whether numbers and dates were typed or are text.
//
// It also holds what workbooks of all formats have in common: shared texts, and numbers
// that are dates by their format.
package sheet
