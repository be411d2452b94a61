// Package markup reads XML that strangers send as a stream of tokens. A document
// type cannot define entities; the depth of elements, their attributes and the
// bytes of one token and one text are bounded, so that no document, however small
// it was packed, takes more than some 100 MB.
package markup
