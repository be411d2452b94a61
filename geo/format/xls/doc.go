// Package xls reads workbooks of Excel 97 to 2003 (BIFF8, [MS-XLS]) and of Excel 5 and
// 95 (BIFF5), without formulas: of a cell with one, the value that was last computed
// counts.
//
// Each worksheet is a layer; package sheet finds its header and types. Numbers with a
// format of dates are dates, or date-times where the format has hours too; with one of
// hours alone they are text. Cells with an error ("#REF!") are blank. Workbooks that are
// protected by a password are refused.
//
// What is read streams: of a worksheet one line is held, of the shared texts as much as
// fits a bound, the rest waits in a temporary file. Of a worksheet whose cells do not
// stand line by line the places of all cells are held, within a bound.
package xls
