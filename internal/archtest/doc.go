// Package archtest holds the rules of the house that a compiler does not know,
// as tests over the source of the whole module: which folder may import which,
// names, documentation, file sizes and where a process may end.
package archtest
