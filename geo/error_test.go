package geo_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"puy/geo"
)

func TestErrorf(t *testing.T) {
	tests := []struct {
		name          string
		err           *geo.Error
		message, text string
		cause         error
	}{
		{"without a cause", geo.Errorf(geo.KindInvalid, "row %d is bad", 3), "row 3 is bad", "row 3 is bad", nil},
		{"with a cause", geo.Errorf(geo.KindNotFound, "cannot read %s: %w", "a.csv", io.ErrUnexpectedEOF), "cannot read a.csv", "cannot read a.csv: unexpected EOF", io.ErrUnexpectedEOF},
		{"with a cause that has one", geo.Errorf(geo.KindConflict, "a load is running: %w", geo.Errorf(geo.KindLimit, "too many: %w", io.EOF)), "a load is running", "a load is running: too many: EOF", io.EOF},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.err.Message != tt.message || tt.err.Error() != tt.text {
				t.Errorf("message %q, text %q", tt.err.Message, tt.err.Error())
			}
			if tt.cause != nil && !errors.Is(tt.err, tt.cause) {
				t.Errorf("%v has lost its cause", tt.err)
			}
		})
	}
}

func TestKindOf(t *testing.T) {
	inner := geo.Errorf(geo.KindNotFound, "no dataset x")
	tests := []struct {
		err  error
		want geo.ErrorKind
	}{
		{inner, geo.KindNotFound},
		{fmt.Errorf("loading: %w", inner), geo.KindNotFound},
		{geo.Errorf(geo.KindInvalid, "the catalogue is wrong: %w", inner), geo.KindInvalid},
		{errors.Join(io.EOF, inner), geo.KindNotFound},
		{io.EOF, geo.KindInternal},
		{nil, geo.KindInternal},
	}
	for _, tt := range tests {
		if got := geo.KindOf(tt.err); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.err, got, tt.want)
		}
	}
}

func TestWithHint(t *testing.T) {
	err := geo.Errorf(geo.KindUnavailable, "the store does not answer: %w", io.EOF)
	hinted := err.WithHint("is PostgreSQL running?")
	if hinted.Hint != "is PostgreSQL running?" || err.Hint != "" || hinted.Message != err.Message || !errors.Is(hinted, io.EOF) {
		t.Errorf("got %+v from %+v", hinted, err)
	}
}

func TestKindNames(t *testing.T) {
	want := []string{"internal", "invalid", "not-found", "conflict", "limit", "unavailable", "usage", "internal"}
	for i, name := range want {
		if got := geo.ErrorKind(i).String(); got != name {
			t.Errorf("%d: %s", i, got)
		}
	}
}
