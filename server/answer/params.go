package answer

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"puy/geo"
)

// Params reads the query parameters of one request. Each getter names a
// parameter that the resource knows; what is wrong is collected, and Done
// tells it all at once, together with every parameter that no getter asked
// for. A getter's value counts only if Done gives nil.
type Params struct {
	r      *http.Request
	header http.Header // of the answer, for Vary
	pairs  []pair
	known  map[string]bool
	errors []ParameterError
	other  error // a failure that is no parameter's, as 406
}

type pair struct{ name, value string }

// ReadParams parses the query of r. The header of w gets Vary where the answer
// depends on a request header.
func ReadParams(w http.ResponseWriter, r *http.Request) *Params {
	p := &Params{r: r, header: w.Header(), known: map[string]bool{}}
	p.pairs, p.errors = parseQuery(r.URL.RawQuery)
	return p
}

// parseQuery splits a query by & and decodes it. Unlike url.ParseQuery it
// drops nothing in silence: what cannot be decoded, or is not UTF-8, is told.
func parseQuery(raw string) (pairs []pair, problems []ParameterError) {
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		rawName, rawValue, _ := strings.Cut(part, "=")
		name, nameErr := url.QueryUnescape(rawName)
		value, valueErr := url.QueryUnescape(rawValue)
		switch {
		case nameErr != nil || valueErr != nil:
			if nameErr != nil {
				name = rawName
			}
			problems = append(problems, parameterError(strings.ToValidUTF8(name, "\ufffd"), rawValue, Because("encoding")))
		case !utf8.ValidString(name) || !utf8.ValidString(value):
			problems = append(problems, parameterError(strings.ToValidUTF8(name, "\ufffd"), rawValue, Because("utf8")))
		case strings.ContainsRune(value, 0):
			problems = append(problems, parameterError(name, rawValue, Because("nul")))
		default:
			pairs = append(pairs, pair{name, value})
		}
	}
	return pairs, problems
}

func parameterError(name, value string, reason error) ParameterError {
	e := ParameterError{Parameter: geo.ClipValue(name), Value: geo.ClipValue(value), Reason: reason.Error()}
	e.said, _ = errors.AsType[*Reason](reason)
	return e
}

// BodyError is what is wrong with the part of a body that a JSON Pointer names.
func BodyError(pointer, value string, reason *Reason) ParameterError {
	return ParameterError{Pointer: pointer, Value: geo.ClipValue(value), Reason: reason.Error(), said: reason}
}

// Reject says that a parameter's value cannot be accepted. The reason, best a
// *Reason, goes on from the parameter's name, as in "must be a whole number".
func (p *Params) Reject(name, value string, reason error) {
	p.errors = append(p.errors, parameterError(name, value, reason))
}

// BadParameter is the Problem of one parameter, or header, that cannot be accepted.
func BadParameter(name, value string, reason error) *Problem {
	return badParameters([]ParameterError{parameterError(name, value, reason)})
}

func badParameters(list []ParameterError) *Problem {
	first := list[0]
	var reason any = English(first.Reason)
	if first.said != nil {
		reason = first.said
	}
	p := Refusal(http.StatusBadRequest, "parameter", "name", strings.Trim(strconv.Quote(first.Parameter), `"`), "reason", reason)
	p.Errors = list[:min(len(list), maxErrors)]
	return p
}

// maxErrors bounds how many parameters a Problem names: an address has room for thousands.
const maxErrors = 32

// Text gives a parameter as it stands; ok is false where it is absent. A
// parameter that is given twice is refused.
func (p *Params) Text(name string) (value string, ok bool) {
	p.known[name] = true
	for _, pair := range p.pairs {
		if pair.name != name {
			continue
		}
		if ok {
			p.Reject(name, pair.value, Because("repeated"))
			return "", false
		}
		value, ok = pair.value, true
	}
	return value, ok
}

// Integer gives a whole number between least and most, or otherwise where the
// parameter is absent. Only decimal digits and a minus sign are read.
func (p *Params) Integer(name string, otherwise, least, most int64) int64 {
	text, ok := p.Text(name)
	if !ok {
		return otherwise
	}
	return p.integer(name, text, otherwise, least, most)
}

func (p *Params) integer(name, text string, otherwise, least, most int64) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || text[0] == '+' {
		p.Reject(name, text, Because("integer"))
		return otherwise
	}
	if n < least || n > most {
		reason := Because("least", "least", strconv.FormatInt(least, 10))
		if most < math.MaxInt64 {
			reason = Because("between", "least", strconv.FormatInt(least, 10), "most", strconv.FormatInt(most, 10))
		}
		p.Reject(name, text, reason)
		return otherwise
	}
	return n
}

// Limit gives the parameter limit: otherwise where it is absent, most where it
// is more (OGC 17-069r4 permission fc-limit-response-definition), at least 1.
func (p *Params) Limit(otherwise, most int64) int64 {
	text, ok := p.Text("limit")
	if !ok {
		return otherwise
	}
	if _, err := strconv.ParseUint(text, 10, 64); errors.Is(err, strconv.ErrRange) {
		return most // beyond 64 bits, and only a larger limit
	}
	return min(p.integer("limit", text, otherwise, 1, math.MaxInt64), most)
}

// OneOf gives a parameter that must be one of allowed, or otherwise where it
// is absent.
func (p *Params) OneOf(name, otherwise string, allowed ...string) string {
	text, ok := p.Text(name)
	switch {
	case !ok:
		return otherwise
	case !slices.Contains(allowed, text):
		p.Reject(name, text, Because("one-of", "list", strings.Join(allowed, ", ")))
		return otherwise
	}
	return text
}

// Bounds gives a box, nil where the parameter is absent (see ParseBounds).
func (p *Params) Bounds(name string) *geo.Bounds {
	text, ok := p.Text(name)
	if !ok {
		return nil
	}
	b, err := ParseBounds(text)
	if err != nil {
		p.Reject(name, text, err)
		return nil
	}
	return &b
}

// Interval gives a range of time, open on both ends where the parameter is
// absent (see ParseInterval).
func (p *Params) Interval(name string) geo.Interval {
	text, ok := p.Text(name)
	if !ok {
		return geo.Interval{}
	}
	i, err := ParseInterval(text)
	if err != nil {
		p.Reject(name, text, err)
	}
	return i
}

// Format gives the representation to answer with: the parameter f, else what
// the Accept header wants most, else the first offer. Offers are in the order
// of the server's own preference.
func (p *Params) Format(offers ...Format) Format {
	p.header.Add("Vary", "Accept")
	if name, ok := p.Text("f"); ok {
		names := make([]string, len(offers))
		for i, offer := range offers {
			if names[i] = offer.Name; offer.Name == name {
				return offer
			}
		}
		if exchangeOf(p.r).paged {
			names = append(names, HTML().Name)
		}
		p.Reject("f", name, Because("one-of", "list", strings.Join(names, ", ")))
		return offers[0]
	}
	offer, ok := choose(p.r.Header.Get("Accept"), offers)
	if !ok {
		p.other = Refusal(http.StatusNotAcceptable, "accept", "list", p.mediaTypes(offers))
		return offers[0]
	}
	return offer
}

func (p *Params) mediaTypes(offers []Format) string {
	if exchangeOf(p.r).paged {
		offers = append(offers[:len(offers):len(offers)], HTML())
	}
	var names []string
	for _, offer := range offers {
		names = append(names, offer.MediaType)
	}
	return strings.Join(names, ", ")
}

// Language gives the parameter lang, else what Accept-Language wants most of
// offered, else the first of offered.
func (p *Params) Language(offered []string) string {
	p.header.Add("Vary", "Accept-Language")
	lang := p.OneOf("lang", preferred(p.r.Header.Get("Accept-Language"), offered), offered...)
	p.header.Set("Content-Language", lang)
	return lang
}

// Done ends the reading: nil, or a Problem that names every parameter that is
// unknown, given twice or malformed.
func (p *Params) Done() error {
	for _, pair := range p.pairs {
		if !p.known[pair.name] {
			p.known[pair.name] = true
			p.Reject(pair.name, pair.value, Because("unknown"))
		}
	}
	if len(p.errors) == 0 {
		return p.other
	}
	return badParameters(p.errors)
}

// Query gives the parameters in canonical form: sorted by name, encoded,
// without those called as in but.
func (p *Params) Query(but ...string) url.Values {
	values := url.Values{}
	for _, pair := range p.pairs {
		if !slices.Contains(but, pair.name) {
			values.Add(pair.name, pair.value)
		}
	}
	return values
}
