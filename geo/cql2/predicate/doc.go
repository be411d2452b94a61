// Package predicate owns what a CQL2 filter means: Check gives a filter typed
// against a schema, in few kinds of nodes that a store can write as SQL.
//
// Logic is three-valued: a test of a null is unknown, and a filter selects
// where it is true. Texts compare by code point; dates count as whole days in
// UTC; an arithmetic result that is no finite number is null, and so is one of
// operands beyond 1e150 or, but for zero, below 1e-150.
package predicate
