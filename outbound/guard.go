package outbound

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"puy/geo"
)

// reserved are the networks that no publisher's server is in, beside those that
// netip tells: IANA IPv4 and IPv6 Special-Purpose Address Registries.
func reserved() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
		netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("100::/64"),
		netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("fec0::/10"), netip.MustParsePrefix("64:ff9b:1::/48"),
	}
}

// public tells whether an address is one of the internet.
func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsValid() || a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() {
		return false
	}
	for _, p := range reserved() {
		if p.Contains(a) {
			return false
		}
	}
	// Addresses of IPv6 that lead to one of IPv4: NAT64 (RFC 6052), 6to4 (RFC 3056), and the old IPv4-compatible ones.
	if a.Is6() {
		b := a.As16()
		switch {
		case netip.MustParsePrefix("64:ff9b::/96").Contains(a), netip.MustParsePrefix("::/96").Contains(a):
			return public(netip.AddrFrom4([4]byte(b[12:16])))
		case netip.MustParsePrefix("2002::/16").Contains(a):
			return public(netip.AddrFrom4([4]byte(b[2:6])))
		}
	}
	return true
}

// errPrivate tells of an address that is not allowed. It names no address: who
// may write a catalogue need not know the network.
func errPrivate() error {
	return geo.Errorf(geo.KindInvalid, "the source is at an address of a private network").
		WithHint("allow it with source.private: true or --allow-private")
}

// Transport gives a transport that looks at each address after its name was
// resolved, so that no name and no redirect leads into a private network, unless
// private allows that. What it refuses is a *geo.Error of KindInvalid.
func Transport(private bool) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	t := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, ForceAttemptHTTP2: true,
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10,
	}
	if private {
		return t
	}
	guarded := *dialer
	guarded.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
		if at, err := netip.ParseAddrPort(address); err != nil || !public(at.Addr()) {
			return errPrivate()
		}
		return nil
	}
	proxies := proxyAddresses()
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if proxies[address] { // the operator named it
			return dialer.DialContext(ctx, network, address)
		}
		return guarded.DialContext(ctx, network, address)
	}
	return t
}

// proxyAddresses gives the proxies that the environment names, as host:port.
func proxyAddresses() map[string]bool {
	found := map[string]bool{}
	for _, scheme := range []string{"http", "https"} {
		u, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: scheme, Host: "example.org"}})
		if err != nil || u == nil {
			continue
		}
		port := u.Port()
		if port == "" {
			port = map[string]string{"https": "443", "socks5": "1080"}[u.Scheme]
		}
		if port == "" {
			port = "80"
		}
		found[net.JoinHostPort(u.Hostname(), port)] = true
	}
	return found
}

// Check refuses a private address that stands in a URL as it is: a proxy would
// connect to it. Callers ask it of the first URL and of each redirect. The error
// is of KindInvalid.
func Check(u *url.URL, private bool) error {
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && !private && !public(a) {
		return errPrivate()
	}
	return nil
}
