package osmpbf

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/osmpbf/block"
)

// Bounds of a survey.
const (
	maxSurveyed = 20_000 // tags that are counted
	maxShown    = 20
	maxNamed    = 5 // in a sentence
	maxText     = 80
)

// featureKeys gives the keys that say what an element is, rather than something
// about it (OpenStreetMap wiki, "Map features").
func featureKeys() map[string]bool {
	keys := map[string]bool{}
	for _, key := range []string{"aerialway", "aeroway", "amenity", "barrier", "boundary", "building", "craft", "cycleway", "emergency", "healthcare", "highway", "historic", "landuse",
		"leisure", "man_made", "military", "natural", "office", "place", "power", "public_transport", "railway", "route", "shop", "sport", "telecom", "tourism", "waterway"} {
		keys[key] = true
	}
	return keys
}

// unselected counts the tags of file and gives the error that names the most
// frequent ones, for a file that is read without a filter.
func unselected(ctx context.Context, file *block.File, src *format.Source) error {
	counts, elements, err := survey(ctx, file)
	if err != nil {
		return err
	}
	if elements == 0 {
		return geo.Errorf(geo.KindInvalid, "%s has no element with tags", src.Name())
	}
	var shown []string
	for _, t := range counts[:min(len(counts), maxNamed)] {
		shown = append(shown, fmt.Sprintf("%s (%d)", t.Tag, t.Count))
	}
	text := geo.Say("%s holds %d things of all sorts; say which ones make the dataset, as in tags: [highway=cycleway]", src.Name(), elements)
	if len(shown) > 0 {
		text = geo.Say("%s; the most frequent are %s", text, strings.Join(shown, ", "))
	}
	return &format.Unselected{Err: geo.Errorf(geo.KindInvalid, "%s", text).
		WithHint(`state source.tags, or --tags on the command line; --tags "*" takes everything that has a tag`), Tags: counts}
}

func survey(ctx context.Context, file *block.File) (list []format.TagCount, elements int64, err error) {
	keys, counts := featureKeys(), map[string]int64{}
	var b block.Block
	var e block.Element
	var tag []byte
	at := file.First()
	for number := 2; ; number++ {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		at, err = file.Read(&b, at, number)
		if errors.Is(err, io.EOF) {
			break
		}
		for ok := err == nil; ok; {
			if ok, err = b.Next(&e, block.All); !ok || err != nil || e.Tags() == 0 {
				continue
			}
			elements++
			for i := range e.Tags() {
				key, value := e.Tag(i)
				if !keys[string(key)] || len(value) == 0 || len(value) > maxText {
					continue
				}
				tag = append(append(append(tag[:0], key...), '='), value...)
				if _, known := counts[string(tag)]; known || len(counts) < maxSurveyed {
					counts[string(tag)]++
				}
			}
		}
		if err != nil {
			return nil, 0, err
		}
	}
	for t, n := range counts {
		// What the grammar of filters would need quotes for proposes nothing.
		if !strings.ContainsAny(t, `"&|!*`) && strings.Count(t, "=") == 1 {
			list = append(list, format.TagCount{Tag: block.Valid([]byte(t)), Count: n})
		}
	}
	slices.SortFunc(list, func(a, b format.TagCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Tag, b.Tag))
	})
	return list[:min(len(list), maxShown)], elements, nil
}
