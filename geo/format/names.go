package format

import (
	"strconv"
	"strings"
)

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

// CutDeclarations cuts what dBASE declares of a field, as ",C,50", off each name, in
// place, where all names have it.
func CutDeclarations(names []string) {
	cut := make([]string, len(names))
	for i, name := range names {
		parts := strings.Split(name, ",")
		if len(parts) < 2 || len(parts) > 4 || len(parts[1]) != 1 || !strings.Contains("CNDFL", parts[1]) || parts[0] == "" {
			return
		}
		for _, size := range parts[2:] {
			if _, err := strconv.ParseUint(size, 10, 16); err != nil {
				return
			}
		}
		cut[i] = parts[0]
	}
	copy(names, cut)
}
