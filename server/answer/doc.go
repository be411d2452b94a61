// Package answer holds what all doors of the server share: how a request's
// parameters are read and refused, how a format and a language are chosen, and
// how links, errors, cache headers, compression and the access log are made.
//
// A door's handler is a Handler: it reads its parameters through Params, ends
// the reading with Params.Done, and returns an error instead of writing one.
package answer
