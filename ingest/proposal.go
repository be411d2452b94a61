package ingest

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"puy/catalog"
	"puy/geo"
)

// Proposal gives the catalogue entry, in YAML, that loads the file of a dry run
// as it was read. What is stated in d stays; what was found stands beside it, so
// that each line can be corrected. Comments are in lang. It is empty for a report
// that did not come as far as the schema.
func Proposal(d catalog.Dataset, r *Report, lang string) string {
	found := r.Found
	if found == nil {
		return ""
	}
	name := strings.TrimSuffix(filepath.Base(r.Source), filepath.Ext(strings.TrimSuffix(r.Source, ".gz")))
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), filepath.Ext(strings.TrimSuffix(name, ".gz")))
	if r.Layer != "" {
		name = r.Layer
	}
	y := &entryText{lang: lang}
	y.line(0, "id", slugOf(name), "", "")
	title := d.Title.In(lang)
	if title == "" {
		title = strings.Join(strings.Fields(name), " ")
	}
	y.raw(0, "title", "{fr: "+quoted(title)+"}", "à reformuler", "to be worded")
	if r.Format == "osmpbf" {
		y.raw(0, "licence", "odc-odbl", "celle d’OpenStreetMap, qui demande d’en nommer la source", "that of OpenStreetMap, which asks to name where the data are from")
		y.raw(0, "provenance", "{fr: "+quoted("© les contributeurs d’OpenStreetMap")+", en: "+quoted("© OpenStreetMap contributors")+"}", "", "")
	} else {
		y.raw(0, "internal", "true", "à remplacer par une licence ouverte, comme licence: lov2, pour publier",
			"replace by an open licence, as licence: lov2, to publish")
	}
	key := d.Key
	if key == "" && len(found.Keys) > 0 {
		key = found.Keys[0].Field
	}
	if key != "" {
		y.line(0, "key", key, keyNote(found, key, "fr"), keyNote(found, key, "en"))
	}
	if d.Schema != "" {
		y.line(0, "schema", d.Schema, "", "")
	} else if r.Fits != nil {
		y.raw(0, "# schema", quoted(r.Fits.Name), "pour vérifier les lignes d’après ce schéma national", "to check rows against this national schema")
	}
	if d.Time != "" {
		y.line(0, "time", d.Time, "", "")
	}
	if d.Repair {
		y.raw(0, "repair", "true", "", "")
	}
	if len(d.Territory) == 4 {
		y.raw(0, "territory", fmt.Sprintf("[%v, %v, %v, %v]", d.Territory[0], d.Territory[1], d.Territory[2], d.Territory[3]), "", "")
	}
	y.source(d.Source, r)
	y.fields(r)
	return y.String()
}

func keyNote(f *Findings, key, lang string) string {
	var others []string
	for _, c := range f.Keys {
		if c.Field == key && c.Sampled {
			return map[string]string{"fr": "unique dans l’échantillon comparé", "en": "unique in the sample that was compared"}[lang]
		}
		if c.Field != key && len(others) < 3 {
			others = append(others, c.Field)
		}
	}
	if len(others) == 0 {
		return ""
	}
	return map[string]string{"fr": "uniques aussi : ", "en": "unique as well: "}[lang] + strings.Join(others, ", ")
}

// entryText is YAML on its way.
type entryText struct {
	strings.Builder
	lang string
}

// raw writes a key with its value as it stands, and a comment.
func (y *entryText) raw(depth int, key, value, noteFR, noteEN string) {
	fmt.Fprintf(y, "%s%s: %s", strings.Repeat("  ", depth), key, value)
	if note := (geo.Localized{FR: noteFR, EN: noteEN}).In(y.lang); note != "" {
		y.WriteString("  # " + clean(note))
	}
	y.WriteByte('\n')
}

// line writes a key with a text, nothing where the text is empty.
func (y *entryText) line(depth int, key, value, noteFR, noteEN string) {
	if value != "" {
		y.raw(depth, key, quoted(value), noteFR, noteEN)
	}
}

func (y *entryText) source(s catalog.Source, r *Report) {
	found := r.Found
	y.WriteString("source:\n")
	path, err := filepath.Abs(found.Path)
	if err != nil {
		path = found.Path
	}
	place := "file"
	if found.Folder {
		place = "folder"
	}
	y.line(1, place, path, "", "")
	y.line(1, "format", r.Format, "", "")
	// A layer is stated where the file has others, or the user said it.
	if s.Layer != "" {
		y.line(1, "layer", s.Layer, "", "")
	} else if len(found.Layers) > 1 && slices.Contains(found.Layers, r.Layer) {
		y.line(1, "layer", r.Layer, "", "")
	}
	y.tags(s.Tags, found)
	if found.Header > 0 || r.Format == "csv" || s.Encoding != "" || r.Format == "shp" {
		y.line(1, "encoding", r.Encoding, "", "")
	}
	switch {
	case r.Format != "csv":
	case found.Header > 0:
		y.line(1, "header", "first", "", "")
	default:
		y.line(1, "header", "none", "", "")
	}
	delimiter := r.Delimiter
	if delimiter == "tab" {
		delimiter = "\t"
	}
	y.line(1, "delimiter", delimiter, "", "")
	if found.Decimal != "mixed" {
		y.line(1, "decimal", found.Decimal, "", "")
	}
	if r.Geometry == geo.GeometryNone {
		if s.Geometry != "" || found.Header > 0 || r.Format == "csv" {
			y.line(1, "geometry", "none", "", "")
		}
		return
	}
	switch len(found.Geometry) {
	case 1:
		y.line(1, "geometry", found.Geometry[0], "", "")
	case 2:
		y.line(1, "x", found.Geometry[0], "", "")
		y.line(1, "y", found.Geometry[1], "", "")
	}
	if found.Axes == "yx" || found.Pairs || s.Axes != "" {
		y.line(1, "axes", found.Axes, "", "")
	}
	if found.CRSFrom == CRSGuessed {
		y.line(1, "crs", r.CRS, "d’après la grandeur des coordonnées", "by the size of the coordinates")
	} else {
		y.line(1, "crs", r.CRS, "", "")
	}
}

// tags writes which elements of an OpenStreetMap file are meant: those that the user
// said, or the most frequent ones for him to replace.
func (y *entryText) tags(said []string, found *Findings) {
	noteFR, noteEN := "", ""
	if len(said) == 0 && len(found.Tags) > 0 {
		said = []string{found.Tags[0].Tag}
		noteFR, noteEN = "à choisir parmi les attributs ci-dessus ou d’autres", "to be chosen among the tags above or others"
	}
	if len(said) == 0 {
		return
	}
	var texts []string
	for _, tag := range said {
		texts = append(texts, quoted(tag))
	}
	y.raw(1, "tags", "["+strings.Join(texts, ", ")+"]", noteFR, noteEN)
}

func (y *entryText) fields(r *Report) {
	if len(r.Fields) == 0 {
		return
	}
	y.WriteString("fields:\n")
	for _, f := range r.Fields {
		fmt.Fprintf(y, "  - {name: %s, type: %s}\n", quoted(f.Name), f.Type)
	}
}

var plainYAML = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// quoted gives text as a YAML scalar, which means the same in any YAML version.
func quoted(text string) string {
	switch strings.ToLower(text) {
	case "y", "n", "yes", "no", "true", "false", "on", "off", "null":
	default:
		if plainYAML.MatchString(text) {
			return text
		}
	}
	return string(geo.AppendJSONString(nil, text))
}

// clean makes text fit for a comment.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}

// slugOf makes a dataset id of a name.
func slugOf(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r) || b.Len() == 0 || strings.HasSuffix(b.String(), "-"):
		default:
			b.WriteByte('-')
		}
	}
	id := b.String()
	id = strings.Trim(id[:min(len(id), 60)], "-")
	if catalog.CheckID(id) != nil {
		return "dataset"
	}
	return id
}
