package catalog

import (
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
		c.Datasets = append(c.Datasets, d)
	}
	if len(found) > 0 {
		return nil, geo.Errorf(geo.KindInvalid, "%s", strings.Join(found, "\n"))
	}
	return c, nil
}

// SourcePath gives the place of a dataset's source file on disk.
func (c *Catalogue) SourcePath(d Dataset) string {
	if filepath.IsAbs(d.Source.File) {
		return d.Source.File
	}
	return filepath.Join(c.Dir, filepath.FromSlash(d.Source.File))
}
