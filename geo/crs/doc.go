// Package crs knows coordinate reference systems: their EPSG codes, names,
// areas of use and authority axis order, and how to transform coordinates
// between them and longitude, latitude on WGS 84.
//
// WGS 84, ETRS89, RGF93, RGR92, RGAF09, RGFG95, RGM04, NAD83, GDA94 and GDA2020
// are taken for one datum: no shift is applied, which is right to 4 m or better.
// OSGB36 is shifted by seven parameters, which is right to 2 m.
package crs
