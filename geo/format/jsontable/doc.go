// Package jsontable reads tables in JSON: an array of objects, or an object with one,
// as the answers of data services are ({"results": […]}). Each array of objects is a
// layer under its name.
//
// The members of all objects are the columns, in the order of their first coming.
// Those of an object without arrays or further objects are columns of their own, with
// a dot between the names; other arrays and objects are JSON, or the geometry where
// they are GeoJSON. Types and the geometry are found from all values as in tables of
// text: numbers and days in quotes are numbers and days.
package jsontable
