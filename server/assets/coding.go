package assets

import (
	"net/http"
	"strings"
)

// weigh tells how much the client wants each content coding (RFC 9110
// section 12.5.3), from 0, not at all, to 1000. A coding that is not named
// weighs as much as "*" does; identity without either is acceptable, but never
// preferred to one that is named. It does not allocate.
func weigh(r *http.Request, names ...string) (weights [4]int, identity int) {
	const silent = -1
	any := silent
	identity = silent
	for i := range weights {
		weights[i] = silent
	}
	for _, header := range r.Header["Accept-Encoding"] {
		for header != "" {
			var element string
			element, header = cut(header, ',')
			name, parameters := cut(element, ';')
			name = trim(name)
			q := quality(parameters)
			if fold(name, "*") {
				any = max(any, q)
			} else if fold(name, "identity") {
				identity = max(identity, q)
			}
			for i, known := range names {
				if fold(name, known) || known == "gzip" && fold(name, "x-gzip") {
					weights[i] = max(weights[i], q)
				}
			}
		}
	}
	for i := range weights {
		if i >= len(names) {
			weights[i] = 0
		} else if weights[i] == silent {
			weights[i] = max(any, 0)
		}
	}
	switch {
	case identity != silent:
	case any == 0:
		identity = 0
	default:
		identity = 1 // the least that is acceptable
	}
	return weights, identity
}

func cut(s string, at byte) (before, after string) {
	for i := 0; i < len(s); i++ {
		if s[i] == at {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

func trim(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

// fold compares with a name in lower case.
func fold(s, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// quality reads the weight among parameters, in thousandths. A malformed one
// counts as 1.
func quality(parameters string) int {
	for parameters != "" {
		var p string
		p, parameters = cut(parameters, ';')
		name, value := cut(trim(p), '=')
		if !fold(trim(name), "q") {
			continue
		}
		value = trim(value)
		if value == "" || len(value) > 5 || value[0] != '0' || len(value) > 1 && value[1] != '.' {
			return 1000
		}
		q, unit := 0, 100
		for i := 2; i < len(value); i++ {
			if value[i] < '0' || value[i] > '9' {
				return 1000
			}
			q += int(value[i]-'0') * unit
			unit /= 10
		}
		return q
	}
	return 1000
}

// Coded tells whether r asks for a tile, whose content coding is chosen here.
func Coded(r *http.Request) bool {
	rest, ok := strings.CutPrefix(r.URL.Path, Root+"/")
	return ok && !strings.HasPrefix(rest, "sets") && !strings.HasSuffix(rest, ".json")
}
