package selection

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/server/answer"
	"puy/store"
)

// History is what ReadAsOf needs of a store.
type History interface {
	Versions(ctx context.Context, id string) ([]catalog.Version, error)
	AsOf(ctx context.Context, id string, at time.Time) (int64, error)
}

// ReadAsOf reads asof, the number of a version or an RFC 3339 time, and gives d
// the version that it means as the current one: that of the number, or that which
// was current then. One that is no longer kept is a Problem of status 410; one
// that never was one of 404.
func ReadAsOf(ctx context.Context, p *answer.Params, h History, d *store.Dataset) error {
	text, ok := p.Text("asof")
	if !ok {
		return nil
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || text[0] == '+' || number < 1 {
		at, err := time.Parse(time.RFC3339, text)
		switch {
		case err != nil:
			p.Reject("asof", text, answer.Because("asof"))
			return nil
		case at.After(time.Now()):
			p.Reject("asof", text, answer.Because("asof.future"))
			return nil
		}
		number, err = h.AsOf(ctx, d.ID, at)
		switch {
		case geo.KindOf(err) == geo.KindNotFound && err != nil:
			return answer.Refusal(http.StatusNotFound, "version.before", "time", text)
		case err != nil:
			return err
		}
	}
	v, err := Version(ctx, h, d, number)
	if err == nil {
		d.Current = v
	}
	return err
}

// Version gives a kept version of d by its number. One that is no longer kept is a
// Problem of status 410; one that never was one of 404.
func Version(ctx context.Context, h History, d *store.Dataset, number int64) (*catalog.Version, error) {
	if number == d.Current.Number {
		return d.Current, nil
	}
	versions, err := h.Versions(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	for i := range versions {
		if versions[i].Number == number {
			return &versions[i], nil
		}
	}
	if number < 1 || len(versions) > 0 && number > versions[0].Number {
		return nil, answer.Refusal(http.StatusNotFound, "version", "name", strconv.FormatInt(number, 10))
	}
	return nil, answer.Refusal(http.StatusGone, "version.gone", "name", strconv.FormatInt(number, 10), "path", "/api/collections/"+d.ID+"/versions")
}
