// Package crs knows coordinate reference systems: their EPSG codes, names,
// areas of use and authority axis order, and how to transform coordinates
// between them and longitude, latitude on WGS 84.
//
// All supported datums (WGS 84, ETRS89, RGF93, RGR92, RGAF09, RGFG95, RGM04)
// are one at map accuracy: no datum shift is applied.
package crs
