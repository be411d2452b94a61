package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Asset is one file that pages refer to. Its served name carries a digest of
// its content, so that clients may keep it for ever.
type Asset struct {
	Name        string // as served: "portal-1a2b3c4d.css"
	ContentType string
	Plain       []byte
	Gzip        []byte // nil where compression does not help
	Brotli      []byte // nil where the build made none
}

// Assets is the set of all assets: the files of static, and those of dist where
// npm has built it.
type Assets struct {
	byName map[string]Asset  // by served name
	served map[string]string // by the name that templates use: "portal.css", "portal.js"
}

// LoadAssets reads the embedded files, names them by digest and compresses those
// that the build has not compressed.
func LoadAssets() (*Assets, error) {
	a := &Assets{byName: map[string]Asset{}, served: map[string]string{}}
	if err := a.addStatic(); err != nil {
		return nil, err
	}
	return a, a.addBuilt()
}

// Served gives the name under which name is served. It is false where npm has
// not built the file.
func (a *Assets) Served(name string) (string, bool) {
	served, ok := a.served[name]
	return served, ok
}

// Get gives the asset with a served name.
func (a *Assets) Get(served string) (Asset, bool) {
	asset, ok := a.byName[served]
	return asset, ok
}

func (a *Assets) addStatic() error {
	entries, err := fs.ReadDir(files, "static")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		plain, err := files.ReadFile("static/" + entry.Name())
		if err != nil {
			return err
		}
		sum := sha256.Sum256(plain)
		ext := path.Ext(entry.Name())
		asset := Asset{
			Name:        strings.TrimSuffix(entry.Name(), ext) + "-" + hex.EncodeToString(sum[:4]) + ext,
			ContentType: contentType(ext),
			Plain:       plain,
		}
		var b bytes.Buffer
		zw, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := zw.Write(plain); err != nil {
			return err
		}
		if err := zw.Close(); err != nil {
			return err
		}
		asset.Gzip = b.Bytes()
		a.byName[asset.Name], a.served[entry.Name()] = asset, asset.Name
	}
	return nil
}

// addBuilt adds what build.mjs wrote to dist. Without its manifest there is nothing to add.
func (a *Assets) addBuilt() error {
	manifest, err := files.ReadFile("dist/manifest.json")
	if err != nil {
		return nil
	}
	built := map[string]string{}
	if err := json.Unmarshal(manifest, &built); err != nil {
		return fmt.Errorf("dist/manifest.json: %w", err)
	}
	entries, err := fs.ReadDir(files, "dist")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		ext := path.Ext(name)
		if ext != ".js" && ext != ".css" && ext != ".txt" {
			continue
		}
		plain, err := files.ReadFile("dist/" + name)
		if err != nil {
			return err
		}
		asset := Asset{Name: name, ContentType: contentType(ext), Plain: plain}
		// The build makes no compressed file of the licence texts.
		asset.Gzip, _ = files.ReadFile("dist/" + name + ".gz")
		asset.Brotli, _ = files.ReadFile("dist/" + name + ".br")
		a.byName[name] = asset
	}
	for name, served := range built {
		if _, ok := a.byName[served]; !ok {
			return fmt.Errorf("dist/manifest.json names %s, which is not there", served)
		}
		a.served[name] = served
	}
	return nil
}

func contentType(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}
