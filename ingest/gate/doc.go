// Package gate owns the publication gate: whether a version is reliable, worth
// publishing and under an open licence, and the quality score of nine criteria
// that data.gouv.fr computes (udata, compute_quality). It judges what it is
// told, and asks no store.
package gate
