package edit

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"puy/geo"
	"puy/server/answer"
	"puy/store"
)

// maxFaults bounds how many faults are told.
const maxFaults = 100

// faults are what is wrong with features.
type faults struct {
	list  []answer.ParameterError
	first geo.Sentence // a sentence about the first, without its full stop
	n     int
}

// add notes a fault. At is the JSON Pointer of the part; subject and reason make
// a sentence, as "The geometry" and "is missing".
func (f *faults) add(at string, subject geo.Sentence, value json.RawMessage, reason geo.Sentence) {
	if f.n++; f.n == 1 {
		f.first = geo.Say("%s %s", subject, reason)
	}
	if len(f.list) < maxFaults {
		f.list = append(f.list, answer.BodyError(at, strings.ToValidUTF8(string(value[:min(len(value), 400)]), ""), answer.Fault(reason)))
	}
}

// err gives all faults as one Problem, nil where there is none.
func (f *faults) err() error {
	if f.n == 0 {
		return nil
	}
	p := answer.Refusal(http.StatusBadRequest, "fault.one", "fault", f.first)
	if f.n > 1 {
		p = answer.Refusal(http.StatusBadRequest, "fault.many", "fault", f.first, "n", strconv.Itoa(f.n))
	}
	p.Errors = f.list
	return p
}

// pointer appends a name to a JSON Pointer (RFC 6901 section 3).
func pointer(at, name string) string {
	return at + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// InCollection tells which feature of a FeatureCollection a store refused.
func InCollection(failed *store.EditError) error {
	p := answer.ProblemOf(failed)
	told := answer.Refusal(p.Status, "features.refused", "n", strconv.Itoa(failed.Index+1), "fault", p.Reason())
	told.RetryAfter, told.Cause = p.RetryAfter, p.Cause
	told.Errors = []answer.ParameterError{answer.BodyError("/features/"+strconv.Itoa(failed.Index), "", p.Reason())}
	return told
}
