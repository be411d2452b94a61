package format

import "strconv"

// NameColumns gives names to the columns of a header that have none (column_3) and
// makes repeated names unique (name_2), in place.
func NameColumns(names []string) {
	taken := map[string]bool{}
	for _, name := range names {
		taken[name] = true
	}
	used := map[string]bool{"": true}
	for i, name := range names {
		if name == "" {
			name = "column_" + strconv.Itoa(i+1)
		}
		unique := name
		for n := 2; used[unique] || unique != names[i] && taken[unique]; n++ {
			unique = name + "_" + strconv.Itoa(n)
		}
		used[unique] = true
		names[i] = unique
	}
}
