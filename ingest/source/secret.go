package source

import (
	"errors"
	"net/url"
	"strings"
)

// Public gives an address without the user, the password and the keys that it
// may hold, for it stands in logs and on pages; "" for what is no URL.
func Public(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.User = nil
	query, secret := u.Query(), false
	for name := range query {
		if isSecret(name) {
			query.Del(name)
			secret = true
		}
	}
	if secret {
		u.RawQuery = query.Encode()
	}
	return u.String()
}

// isSecret tells whether a parameter of this name opens doors.
func isSecret(name string) bool {
	lower := strings.ToLower(name)
	if lower == "sig" { // of shared access signatures
		return true
	}
	for _, word := range []string{"key", "token", "secret", "passw", "auth", "signature", "credential"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// withoutURL gives the cause of an error of a request, which would repeat its URL.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}
