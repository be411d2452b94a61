package api

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"puy/geo/format/geojson"
	"puy/server/answer"
	"puy/store"
)

const (
	// chunk is how much is gathered before it is sent.
	chunk = 64 << 10
	// chunkPatience is how long a client may take to receive one chunk, and
	// pagePatience a whole page, which holds a query of the store open.
	chunkPatience = 30 * time.Second
	pagePatience  = 5 * time.Minute
)

// sendPage streams the features of q as they come from the store. An error
// before the first chunk is answered as a problem; a later one breaks the
// transfer off.
func (a *API) sendPage(w http.ResponseWriter, r *http.Request, d store.Dataset, q *request) error {
	out := &chunks{w: w, until: time.Now().Add(pagePatience)}
	if err := a.find(r.Context(), d, q); err != nil {
		return out.fail(r, failed(q, err))
	}
	kept := a.buffers.Get().(*[]byte)
	buffer := append((*kept)[:0], `{"type":"FeatureCollection","features":[`...)
	defer func() {
		if cap(buffer) <= 4*chunk { // one feature may be large
			*kept = buffer
		}
		a.buffers.Put(kept)
	}()
	var page span
	query := q.query
	query.Limit = q.take + 1 // one more, to know whether there is a next page
	decimals := q.crs.Decimals()
	for f, err := range a.rows.Features(r.Context(), d.ID, query) {
		if err != nil {
			return out.fail(r, failed(q, err))
		}
		if page.returned == q.take || out.sent+len(buffer) >= a.opt.PageBytes {
			page.more = true
			break
		}
		if page.returned == 0 {
			page.first.set(f, q.sorted)
		} else {
			buffer = append(buffer, ',')
		}
		buffer = append(buffer, '\n')
		q.crs.Apply(f.Geometry)
		buffer = geojson.AppendFeature(buffer, q.schema, f, decimals)
		page.returned++
		page.last.set(f, q.sorted)
		if len(buffer) >= chunk {
			if err := out.send(buffer); err != nil {
				return out.fail(r, err)
			}
			buffer = buffer[:0]
		}
	}
	if err := r.Context().Err(); err != nil {
		return out.fail(r, err)
	}
	buffer = append(buffer, "\n],\n\"links\":"...)
	links, err := marshal(append(q.links(r, d, &page), a.pageLinks(r, q.params, "", "", Root+"/collections", d.ID, "items")...))
	if err != nil {
		return out.fail(r, err)
	}
	buffer = append(buffer, links...)
	if n, exact := a.matched(r, d, q, page.returned, page.more); exact {
		buffer = append(buffer, ",\n\"numberMatched\":"...)
		buffer = strconv.AppendInt(buffer, n, 10)
		if out.sent == 0 {
			w.Header().Set("OGC-NumberMatched", strconv.FormatInt(n, 10))
		}
	}
	buffer = append(buffer, ",\n\"numberReturned\":"...)
	buffer = strconv.AppendInt(buffer, page.returned, 10)
	buffer = append(buffer, ",\n\"timeStamp\":\""...)
	buffer = time.Now().UTC().AppendFormat(buffer, time.RFC3339)
	buffer = append(buffer, "\"}\n"...)
	if err := out.send(buffer); err != nil {
		return out.fail(r, err)
	}
	return nil
}

// chunks sends a body piece by piece.
type chunks struct {
	w     http.ResponseWriter
	until time.Time // when the client must have it all
	sent  int
}

func (c *chunks) send(b []byte) error {
	if c.sent == 0 {
		c.w.Header().Set("Content-Type", typeGeoJSON)
	}
	// Not every writer has deadlines; the server's own then holds.
	_ = http.NewResponseController(c.w).SetWriteDeadline(earlier(time.Now().Add(chunkPatience), c.until))
	n, err := c.w.Write(b)
	c.sent += n
	return err
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// fail gives err back where nothing has been sent, and breaks off otherwise.
func (c *chunks) fail(r *http.Request, err error) error {
	if c.sent == 0 {
		return err
	}
	answer.NoteFailure(r, err)
	panic(http.ErrAbortHandler)
}

// marshal writes v as JSON with its ampersands as they are.
func marshal(v any) ([]byte, error) {
	var b jsonBuffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b[:len(b)-1], nil
}

type jsonBuffer []byte

func (b *jsonBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
