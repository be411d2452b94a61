package outbound

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"puy/geo"
)

func TestPublicAddresses(t *testing.T) {
	for text, want := range map[string]bool{
		"8.8.8.8": true, "192.0.2.0": true, "172.32.0.1": true, "100.63.0.1": true, "2a01:cb00::1": true, "64:ff9b::808:808": true, "2002:808:808::1": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.1.1": false, "100.64.0.1": false, "0.1.2.3": false,
		"224.0.0.1": false, "255.255.255.255": false, "::1": false, "::": false, "fe80::1": false, "fc00::1": false, "ff02::1": false, "fec0::1": false,
		"::ffff:10.0.0.1": false, "64:ff9b::a00:1": false, "2002:a00:1::1": false, "::10.0.0.1": false, "2001::1": false,
	} {
		if got := public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestNamesThatLeadHome(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	t.Cleanup(server.Close)
	address := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	guarded := &http.Client{Transport: Transport(false)}
	answer, err := guarded.Get(address)
	if err == nil {
		answer.Body.Close()
	}
	if geo.KindOf(err) != geo.KindInvalid || asked {
		t.Errorf("a name of this machine: %v, asked %v", err, asked)
	}
	open := &http.Client{Transport: Transport(true)}
	answer, err = open.Get(address)
	if err != nil || !asked {
		t.Fatalf("where it is allowed: %v", err)
	}
	answer.Body.Close()
	open.CloseIdleConnections()
}

func TestCheckReadsAddressesAsTheyStand(t *testing.T) {
	for text, want := range map[string]bool{"http://10.0.0.1/": false, "https://[::1]:8080/a": false, "http://192.0.2.7/": true, "http://example.org/": true} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(u, false); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
		if err := Check(u, true); err != nil {
			t.Errorf("%s where it is allowed: %v", text, err)
		}
	}
}
