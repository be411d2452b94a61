package edit

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"puy/geo"
	"puy/server/answer"
	"puy/store"
)

// State names what a feature is, whatever CRS and format it is sent in: the
// first part of the strong ETags of its representations (see Tag).
func State(d *store.Dataset, f *geo.Feature) string {
	h := sha256.New()
	var b []byte
	part := func(p []byte) {
		h.Write(strconv.AppendInt(nil, int64(len(p)), 10))
		h.Write([]byte{':'})
		h.Write(p)
	}
	part([]byte(d.ID))
	part([]byte(f.ID))
	for i, v := range f.Values {
		part([]byte(d.Current.Schema.Fields[i].Name))
		part([]byte(v.Type().String()))
		b = v.Append(b[:0])
		part(b)
	}
	part(f.Geometry.AppendWKB(nil))
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// Tag makes the strong ETag of a representation of a feature in a state.
func Tag(state string, representation []byte) string {
	sum := sha256.Sum256(representation)
	return `"` + state + "-" + hex.EncodeToString(sum[:6]) + `"`
}

// Conditional tells whether r holds only for a certain state of the feature.
func Conditional(r *http.Request) bool { return len(r.Header.Values("If-Match")) > 0 }

// CheckConditions gives a Problem of status 412 where If-Match or If-None-Match of
// r does not hold for a feature in a state (RFC 9110 section 13.1). The ETag of
// any representation of that state does.
func CheckConditions(r *http.Request, state string) error {
	if Conditional(r) && !names(r.Header.Values("If-Match"), state, false) {
		return Changed()
	}
	if list := r.Header.Values("If-None-Match"); len(list) > 0 && names(list, state, true) {
		return answer.Refusal(http.StatusPreconditionFailed, "state.excluded")
	}
	return nil
}

// Changed gives the Problem of an edit that comes too late.
func Changed() error {
	return answer.Refusal(http.StatusPreconditionFailed, "state.changed")
}

// names tells whether a list of ETags has one of a state. Weak ones count only
// where they may (RFC 9110 section 8.8.3.2).
func names(list []string, state string, weak bool) bool {
	for tag := range strings.SplitSeq(strings.Join(list, ","), ",") {
		tag = strings.TrimSpace(tag)
		if tag == "*" {
			return true
		}
		if weak {
			tag = strings.TrimPrefix(tag, "W/")
		}
		if rest, ok := strings.CutPrefix(tag, `"`); ok && strings.HasPrefix(rest, state+"-") && strings.HasSuffix(rest, `"`) {
			return true
		}
	}
	return false
}
