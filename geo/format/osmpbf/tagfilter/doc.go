// Package tagfilter says which elements of OpenStreetMap are meant, by their tags.
//
// A filter is a list of which an element fits at least one: highway=cycleway,
// cycleway=*. What stands between & in one of them must all hold:
// "highway=path & bicycle=designated|yes". The conditions are
//
//	key=value       the tag has that value
//	key=a|b         one of these values
//	key=* or key    any value
//	key!=value      another value, or no such tag
//	!key            no such tag
//	*               any tag at all
//
// What has one of these signs in itself stands between double quotes. Keys and
// values are compared byte by byte, as OpenStreetMap does.
package tagfilter
