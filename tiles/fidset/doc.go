// Package fidset holds sets of feature ids in little memory: two bytes an id
// where they are sparse, a bit where they are dense, and 16 bytes in between.
package fidset
