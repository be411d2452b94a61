package sheet

import "testing"

func TestDates(t *testing.T) {
	for _, c := range []struct {
		code   string
		serial float64
		from04 bool
		want   string
	}{
		{"DD/MM/YYYY", 45443, false, "2024-05-31"},
		{"DD/MM/YYYY", 43981, true, "2024-05-31"},
		{"DD/MM/YYYY", 45443.25, false, "2024-05-31T06:00:00"},
		{"d mmm yyyy h:mm", 45443, false, "2024-05-31T00:00:00"},
		{"yyyy", 1, false, "1900-01-01"},
		{"yyyy", 61, false, "1900-03-01"},
		{"DD/MM/YYYY", -1151, false, "1896-11-04"}, // as LibreOffice shows it
		{"DD/MM/YYYY", -693593, false, "0001-01-01"},
		{"DD/MM/YYYY", -693594, false, ""},
		{"DD/MM/YYYY", 2958466, false, ""},
		{"HH:MM", 0.75, false, "18:00:00"},
		{"HH:MM", 1.75, false, ""},
		{"HH:MM", -0.25, false, ""},
		{"[h]:mm", 45443, false, ""},
		{`0.00 "jours"`, 45443, false, ""},
	} {
		got, ok := KindOfCode(c.code).AppendDate(nil, c.serial, c.from04)
		if string(got) != c.want || ok != (c.want != "") {
			t.Errorf("%v as %s: %q, %v, want %q", c.serial, c.code, got, ok, c.want)
		}
	}
}
