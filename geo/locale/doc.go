// Package locale owns what errors say in other languages than English, which
// they are written in: for each language a file with its format for every format
// of geo.Errorf, geo.Say and WithHint, and its words for names of types.
package locale
