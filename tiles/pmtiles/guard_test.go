package pmtiles

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"puy/geo"
)

// An entry of a catalogue must not make the server read what is in the house.
func TestArchivesInPrivateNetworks(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	t.Cleanup(server.Close)
	for _, address := range []string{server.URL + "/a", strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/a", "http://169.254.169.254/latest", "http://[::1]/a"} {
		h, err := NewHTTP(address, false)
		if err == nil {
			_, _, err = h.ReadRange(t.Context(), make([]byte, 9), 0, "")
			h.Close()
		}
		if geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "private network") || asked {
			t.Errorf("%s: %v, asked %v", address, err, asked)
		}
	}
}

func TestRedirectsIntoPrivateNetworks(t *testing.T) {
	first := httptest.NewRequest(http.MethodGet, "http://example.org/a", nil)
	for _, private := range []bool{false, true} {
		h, err := NewHTTP("http://example.org/a", private)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close() })
		for address, public := range map[string]bool{"http://10.0.0.1/a": false, "http://[fe80::1]/": false, "http://example.org/b": true} {
			r := httptest.NewRequest(http.MethodGet, address, nil)
			r.Header.Set("Referer", "http://example.org/a?token=secret")
			if err := h.client.CheckRedirect(r, []*http.Request{first}); (err == nil) != (public || private) {
				t.Errorf("private %v, to %s: %v", private, address, err)
			}
			if r.Header.Get("Referer") != "" {
				t.Error("the next server is told the keys of the address before")
			}
		}
		// What a name of a redirect resolves to, the dialler sees.
		if conn, err := h.transport.DialContext(t.Context(), "tcp", "127.0.0.1:1"); err == nil {
			conn.Close()
			t.Error("nothing listens there")
		} else if (geo.KindOf(err) == geo.KindInvalid) == private {
			t.Errorf("private %v: %v", private, err)
		}
	}
}
