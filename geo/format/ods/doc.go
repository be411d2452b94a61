// Package ods reads spreadsheets in OpenDocument format (ISO/IEC 26300). Each table
// is a layer; package sheet finds its header and types.
//
// Numbers, dates, times and truth values count as they are stored and not as they
// are shown. Lines and cells that are stored once for many are given as often as they
// stand for, within a bound.
package ods
