package api

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"puy/geo"
	"puy/geo/cql2/predicate"
	"puy/server/answer"
	"puy/server/live"
	"puy/store"
)

// search is what /collections was asked to show (OGC 20-004 section 8.4).
type search struct {
	words       []string // one of these phrases, folded, must occur
	bbox        *geo.Bounds
	span        geo.Interval
	types       []string // nil: all
	ids         []string
	externalIDs []string
	limit       int64
	offset      int64
}

const searchMost = 10_000

// readSearch reads the parameters of searchParameters. One that is empty counts
// for nothing (OGC 20-004r1 requirement record-core-query-parameters/empty-value).
func readSearch(p *answer.Params) search {
	s := search{types: texts(p, "type"), ids: texts(p, "ids"), externalIDs: texts(p, "externalIds"), limit: math.MaxInt32}
	for _, phrase := range texts(p, "q") {
		s.words = append(s.words, fold(phrase))
	}
	given := p.Query()
	if given.Get("bbox") != "" {
		s.bbox = p.Bounds("bbox")
	}
	if given.Get("datetime") != "" {
		s.span = p.Interval("datetime")
	}
	if given.Get("limit") != "" {
		s.limit = p.Limit(math.MaxInt32, searchMost)
	}
	for _, name := range []string{"bbox", "datetime", "limit"} {
		if given.Has(name) && given.Get(name) == "" {
			p.Text(name)
		}
	}
	s.offset = p.Integer("offset", 0, 0, offsetMost)
	return s
}

// texts reads a list of texts separated by commas; nil where it is absent or empty.
func texts(p *answer.Params, name string) []string {
	text, _ := p.Text(name)
	if text == "" {
		return nil
	}
	list := strings.Split(text, ",")
	for i := range list {
		if list[i] = strings.TrimSpace(list[i]); list[i] == "" {
			p.Reject(name, text, answer.Because("texts"))
			break
		}
	}
	return list
}

// fold makes texts equal that differ in case, accents and white space alone.
func fold(text string) string {
	return strings.Join(strings.Fields(predicate.FoldAccents(predicate.FoldCase(text))), " ")
}

// finds tells whether a collection is among what was asked for.
func (s *search) finds(r *http.Request, view *live.View, d *store.Dataset) bool {
	if s.types != nil && !slices.Contains(s.types, recordType) {
		return false
	}
	if s.ids != nil && !slices.Contains(s.ids, d.ID) {
		return false
	}
	if s.externalIDs != nil && !slices.ContainsFunc(externalIDs(r, d), func(x externalID) bool {
		return slices.Contains(s.externalIDs, x.Value) ||
			x.Scheme != "" && (slices.Contains(s.externalIDs, x.Scheme) || slices.Contains(s.externalIDs, x.Scheme+":"+x.Value))
	}) {
		return false
	}
	// What has no place meets every box, and what has no time every time, as features do.
	if e := d.Current.Extent; s.bbox != nil && d.Current.Schema.Spatial() && !e.IsEmpty() && !e.Intersects(*s.bbox) {
		return false
	}
	if t := d.Current.Time; !t.IsZero() && !s.span.IsZero() && (before(t.End, s.span.Start) || before(s.span.End, t.Start)) {
		return false
	}
	return len(s.words) == 0 || s.reads(view, d)
}

// before tells whether an end lies before a start; zero is open.
func before(end, start time.Time) bool { return !end.IsZero() && !start.IsZero() && end.Before(start) }

// reads tells whether one of the phrases stands in what is said of d, in
// whatever language.
func (s *search) reads(view *live.View, d *store.Dataset) bool {
	theme := view.Portal.Themes[d.Theme].Title
	said := append([]string{d.ID, d.Title.FR, d.Title.EN, d.Description.FR, d.Description.EN, view.Publisher(*d).Name, theme.FR, theme.EN}, d.Keywords...)
	for i := range said {
		said[i] = fold(said[i])
	}
	return slices.ContainsFunc(s.words, func(phrase string) bool {
		return slices.ContainsFunc(said, func(in string) bool { return strings.Contains(in, phrase) })
	})
}

// page gives the part of found that was asked for, and links to the parts
// beside it.
func (s *search) page(r *http.Request, p *answer.Params, found []store.Dataset) ([]store.Dataset, []Link) {
	total := int64(len(found))
	from := min(s.offset, total)
	to := min(from+s.limit, total)
	var links []Link
	link := func(rel string, offset int64) {
		query := p.Query("offset", "limit")
		query.Set("limit", strconv.FormatInt(s.limit, 10))
		query.Set("offset", strconv.FormatInt(offset, 10))
		links = append(links, Link{Href: answer.URL(r, Root+"/collections") + "?" + query.Encode(), Rel: rel, Type: typeJSON})
	}
	if to < total {
		link("next", to)
	}
	if from > 0 && s.limit < math.MaxInt32 {
		link("prev", max(0, from-s.limit))
	}
	return found[from:to], links
}

// searchParameters describe those of readSearch.
func searchParameters() []object {
	texts := object{"type": "array", "minItems": 1, "items": object{"type": "string"}}
	return []object{
		parameterObject("q", "Only datasets in whose title, description, keywords, theme or publisher one of these texts stands, whatever the case and the accents.", texts),
		parameterObject("bbox", "Only datasets that meet this box, and those without geometry: west,south,east,north in degrees.",
			object{"type": "array", "minItems": 4, "maxItems": 6, "items": object{"type": "number"}}),
		parameterObject("datetime", "Only datasets of this time, and those without a time.", object{"type": "string"}),
		parameterObject("type", "Only resources of these types; every one here is a dataset.", texts),
		parameterObject("ids", "Only the datasets with these ids.", texts),
		parameterObject("externalIds", "Only the datasets with these external identifiers, as in externalIds: value or scheme:value.", texts),
		parameterObject("limit", "How many datasets a page has at most; without it all come at once.",
			object{"type": "integer", "minimum": 1, "maximum": searchMost}),
		parameterObject("offset", "How many datasets to skip.", object{"type": "integer", "minimum": 0, "maximum": offsetMost, "default": 0}),
	}
}
