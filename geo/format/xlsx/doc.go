// Package xlsx reads and writes workbooks in Office Open XML (ECMA-376), without
// formulas: of a cell with one, the value that was last computed counts.
//
// Each worksheet is a layer; package sheet finds its header and types. Numbers with a
// format of dates are dates, or date-times where the format has hours too; with one
// of hours alone they are text. Cells with an error ("#REF!") are blank.
//
// What is read streams: of a worksheet one line is held, of the shared texts as much
// as fits a bound, the rest waits in a temporary file.
//
// Written are one worksheet, with text as such whatever it begins with, dates as
// dates, points as two columns, longitude and latitude (x and y where the CRS is not
// in degrees), and other geometries as well-known text. A worksheet ends at 1,048,576
// lines; a layer with more rows is refused. A cell ends at 32,767 characters: longer
// text is cut with an ellipsis, a longer geometry says how long it is instead.
package xlsx
