// Command generate writes the data files of the demonstration catalogue:
//
//	go run ./demo/generate [FOLDER]
//
// The folder is demo/catalog/data unless given. Names and places are real, areas
// are approximate, and what is measured, counted, planned or paid is invented.
// The same files come out every time.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := Run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Run writes all files into the folder that args names.
func Run(args []string) error {
	dir := filepath.Join("demo", "catalog", "data")
	if len(args) > 0 {
		dir = args[0]
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files, err := generate()
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate gives the content of each file by its name.
func generate() (map[string][]byte, error) {
	t := newTerritory()
	n := newNetwork(t, places())
	communes, err := communesFile(t)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"communes.fgb":                        communes,
		"pistes-cyclables.geojson":            collection(lanes(t, n)),
		"pistes-cyclables-en-projet.geojsonl": sequence(plannedLanes(t, n)),
		"stations-qualite-air.csv":            airStations(t),
		"stationnement-velo.csv":              cycleParking(t, n),
		"arrets-bus.geojson":                  collection(stops(t, n)),
		"marches-publics.csv":                 contracts(t),
		"points-hauts.geojson":                collection(summits(t)),
	}, nil
}
