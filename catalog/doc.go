// Package catalog holds what is published: the portal, its datasets, their
// publishers, themes, licences and versions, and reads them from YAML files.
package catalog
