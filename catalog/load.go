package catalog

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"puy/geo"
)

// Catalogue is a folder of catalogue files, read and checked.
type Catalogue struct {
	Dir      string
	Portal   Portal
	Datasets []Dataset // in the order of their file names
}

// Load reads portal.yaml and every other .yaml file of the folder dir. All
// that is wrong in any file is told in one error of KindInvalid, a line each,
// as "file:line:column: sentence".
func Load(dir string) (*Catalogue, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "cannot read the folder %s: %w", dir, err)
	}
	slices.Sort(files)
	portalFile := filepath.Join(dir, "portal.yaml")
	if !slices.Contains(files, portalFile) {
		return nil, geo.Errorf(geo.KindNotFound, "%s has no portal.yaml", dir).WithHint("--catalog wants a folder with portal.yaml and one YAML file a dataset")
	}
	c := &Catalogue{Dir: dir}
	var found []string
	note := func(err error) { found = append(found, err.Error()) }

	data, err := os.ReadFile(portalFile)
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "cannot read %s: %w", portalFile, err)
	}
	if c.Portal, err = ParsePortal(portalFile, data); err != nil {
		note(err)
	}
	if err := c.readSets(); err != nil {
		note(err)
	}
	places := map[string]string{} // by id and alias
	for _, file := range files {
		if file == portalFile {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, geo.Errorf(geo.KindInvalid, "cannot read %s: %w", file, err)
		}
		d, err := ParseDataset(file, data, &c.Portal)
		if err != nil {
			note(err)
			continue
		}
		for _, id := range append([]string{d.ID}, d.Aliases...) {
			if other, taken := places[id]; taken {
				found = append(found, file+":1:1: the id or alias "+id+" is also that of "+other)
			}
			places[id] = file
		}
		if d.Source.File != "" {
			if _, err := os.Stat(c.SourcePath(d)); err != nil {
				found = append(found, file+":1:1: source.file: there is no file "+c.SourcePath(d))
			}
		}
		if d.Source.IsArchive() && !isURL(d.Source.PMTiles) {
			// A server, which has only the store, must find it from wherever it starts.
			if d.Source.PMTiles, err = filepath.Abs(c.path(d.Source.PMTiles)); err != nil {
				return nil, geo.Errorf(geo.KindInternal, "the working folder is not known: %w", err)
			}
			if _, err := os.Stat(d.Source.PMTiles); err != nil {
				found = append(found, file+":1:1: source.pmtiles: there is no file "+d.Source.PMTiles)
			}
		}
		c.Datasets = append(c.Datasets, d)
	}
	if len(found) > 0 {
		return nil, geo.Errorf(geo.KindInvalid, "%s", strings.Join(found, "\n"))
	}
	return c, nil
}

// SourcePath gives the place of a dataset's source file on disk.
func (c *Catalogue) SourcePath(d Dataset) string { return c.path(d.Source.File) }

// path gives the place of a file that the catalogue names.
func (c *Catalogue) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.Dir, filepath.FromSlash(name))
}

// Bounds of the tile matrix sets of a portal.
const (
	maxSets     = 32
	maxSetBytes = 256 << 10
)

// readSets reads the files of tile matrix sets, whose meaning it does not check.
func (c *Catalogue) readSets() error {
	if n := len(c.Portal.SetFiles); n > maxSets {
		return geo.Errorf(geo.KindLimit, "%s:1:1: tile_matrix_sets: at most %d files are expected, not %d", filepath.Join(c.Dir, "portal.yaml"), maxSets, n)
	}
	for _, name := range c.Portal.SetFiles {
		path := c.path(name)
		data, err := os.ReadFile(path)
		if err != nil {
			return geo.Errorf(geo.KindInvalid, "%s:1:1: tile_matrix_sets: cannot read %s: %w", filepath.Join(c.Dir, "portal.yaml"), path, err)
		}
		var compact bytes.Buffer
		if len(data) > maxSetBytes {
			return geo.Errorf(geo.KindLimit, "%s: a tile matrix set has at most %d bytes", path, maxSetBytes)
		}
		if err := json.Compact(&compact, data); err != nil {
			return geo.Errorf(geo.KindInvalid, "%s: the tile matrix set is not JSON: %w", path, err)
		}
		c.Portal.TileMatrixSets = append(c.Portal.TileMatrixSets, compact.Bytes())
	}
	return nil
}
