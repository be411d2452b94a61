package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// arguments are what the suites want to be told, by their names.
type arguments map[string]string

// deepest is how far the tiles that the suite asks for are from the top: there
// are few of them, and each has something in it.
const deepest = 8

// gather finds out what a suite has to know of the API at a landing page.
func gather(ctx context.Context, c *http.Client, api string) (arguments, error) {
	var set struct {
		TileMatrixSetURI    string `json:"tileMatrixSetURI"`
		TileMatrixSetLimits []struct {
			TileMatrix string `json:"tileMatrix"`
			MinTileRow int    `json:"minTileRow"`
			MaxTileRow int    `json:"maxTileRow"`
			MinTileCol int    `json:"minTileCol"`
			MaxTileCol int    `json:"maxTileCol"`
		} `json:"tileMatrixSetLimits"`
		Links []struct{ Href, Rel, Type string } `json:"links"`
	}
	at := api + "/tiles/WebMercatorQuad"
	if err := get(ctx, c, at, &set); err != nil {
		return nil, err
	}
	item := slices.IndexFunc(set.Links, func(l struct{ Href, Rel, Type string }) bool {
		return l.Rel == "item" && strings.Contains(l.Type, "mapbox")
	})
	if item < 0 || len(set.TileMatrixSetLimits) == 0 {
		return nil, fmt.Errorf("%s tells no links to tiles, or no limits", at)
	}
	l := set.TileMatrixSetLimits[min(deepest, len(set.TileMatrixSetLimits)-1)]
	return arguments{
		"iut": api, "noofcollections": "-1", // all
		"tilematrixsetdefinitionuri": set.TileMatrixSetURI, "urltemplatefortiles": set.Links[item].Href, "tilematrix": l.TileMatrix,
		"mintilerow": strconv.Itoa(l.MinTileRow), "maxtilerow": strconv.Itoa(l.MaxTileRow),
		"mintilecol": strconv.Itoa(l.MinTileCol), "maxtilecol": strconv.Itoa(l.MaxTileCol),
	}, nil
}

func get(ctx context.Context, c *http.Client, url string, v any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	answer, err := c.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(v)
}

// xml writes the arguments as Java's properties.
func (a arguments) xml() []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header + "<properties version=\"1.0\">\n")
	names := make([]string, 0, len(a))
	for name := range a {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b.WriteString(`  <entry key="` + name + `">`)
		xml.EscapeText(&b, []byte(a[name])) // a buffer takes everything
		b.WriteString("</entry>\n")
	}
	b.WriteString("</properties>\n")
	return b.Bytes()
}
