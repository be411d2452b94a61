package edit

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"puy/geo/crs"
	"puy/server/answer"
	"puy/server/selection"
	"puy/store"
)

// MaxBytes is how large the body of a request may be.
const MaxBytes = 16 << 20

// The media types of a feature, and of changes to one.
const (
	TypeFeature = "application/geo+json"
	TypePatch   = "application/merge-patch+json"
)

// FeatureTypes are the media types that features come as.
func FeatureTypes() []string {
	return []string{TypeFeature, "application/vnd.geo+json", "application/json"}
}

// Body is the body of a request that changes features of a dataset.
type Body struct {
	dataset *store.Dataset
	members map[string]json.RawMessage
	// CRS is the system of the coordinates; nil is CRS84.
	CRS   *selection.Projection
	plane *crs.Transform
	yx    bool
}

// Read reads the body of r, a JSON object of one of these media types. The error
// is a Problem: 413 for too large a body, 415 for another type, else 400.
func Read(w http.ResponseWriter, r *http.Request, d *store.Dataset, types []string) (*Body, error) {
	if err := checkType(w, r, types); err != nil {
		return nil, err
	}
	c, err := selection.ContentCRS(r, d)
	if err != nil {
		return nil, err
	}
	b := &Body{dataset: d, CRS: c}
	if b.plane, b.yx, err = c.Plane(); err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBytes))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, answer.Refusal(http.StatusRequestEntityTooLarge, "body.large", "most", strconv.Itoa(MaxBytes>>20))
	}
	if err != nil {
		return nil, refuse(answer.Refusal(http.StatusBadRequest, "body.broken"), err)
	}
	if !utf8.Valid(raw) {
		return nil, answer.Refusal(http.StatusBadRequest, "body.utf8")
	}
	var syntax *json.SyntaxError
	switch err := json.Unmarshal(raw, &b.members); {
	case errors.As(err, &syntax):
		return nil, refuse(answer.Refusal(http.StatusBadRequest, "body.json", "byte", strconv.FormatInt(syntax.Offset, 10)), err)
	case err != nil || b.members == nil:
		return nil, refuse(answer.Refusal(http.StatusBadRequest, "body.object"), err)
	}
	return b, nil
}

// checkType looks at how the body comes (OGC 20-002r1 requirements
// post-content-type and patch-content-type).
func checkType(w http.ResponseWriter, r *http.Request, types []string) error {
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		w.Header().Set("Accept-Encoding", "identity")
		return answer.Refusal(http.StatusUnsupportedMediaType, "body.coding")
	}
	text := r.Header.Get("Content-Type")
	if text == "" {
		return answer.Refusal(http.StatusBadRequest, "body.untyped", "type", types[0])
	}
	mediaType, _, err := mime.ParseMediaType(text)
	if err == nil && slices.Contains(types, mediaType) {
		return nil
	}
	name := "Accept"
	if r.Method == http.MethodPatch {
		name = "Accept-Patch"
	}
	w.Header().Set(name, strings.Join(types, ", "))
	return answer.Refusal(http.StatusUnsupportedMediaType, "body.type", "type", types[0])
}

func refuse(p *answer.Problem, cause error) error {
	p.Cause = cause
	return p
}
