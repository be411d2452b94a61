// Package osmtest writes small OpenStreetMap PBF files for tests, whole and damaged.
package osmtest
