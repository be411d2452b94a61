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
		return nil, answer.NewProblem(http.StatusRequestEntityTooLarge, "The body has more than "+strconv.Itoa(MaxBytes>>20)+" MB.")
	}
	if err != nil {
		return nil, refuse("The body breaks off.", err)
	}
	if !utf8.Valid(raw) {
		return nil, refuse("The body is not UTF-8.", nil)
	}
	var syntax *json.SyntaxError
	switch err := json.Unmarshal(raw, &b.members); {
	case errors.As(err, &syntax):
		return nil, refuse("The body is not JSON: it goes wrong at byte "+strconv.FormatInt(syntax.Offset, 10)+".", err)
	case err != nil || b.members == nil:
		return nil, refuse("The body is not a JSON object.", err)
	}
	return b, nil
}

// checkType looks at how the body comes (OGC 20-002r1 requirements
// post-content-type and patch-content-type).
func checkType(w http.ResponseWriter, r *http.Request, types []string) error {
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		w.Header().Set("Accept-Encoding", "identity")
		return answer.NewProblem(http.StatusUnsupportedMediaType, "Bodies are taken without a content coding.")
	}
	text := r.Header.Get("Content-Type")
	if text == "" {
		return refuse("The request has no header Content-Type; it must be "+types[0]+".", nil)
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
	return answer.NewProblem(http.StatusUnsupportedMediaType, "The header Content-Type must be "+types[0]+".")
}

func refuse(text string, cause error) error {
	p := answer.NewProblem(http.StatusBadRequest, text)
	p.Cause = cause
	return p
}
