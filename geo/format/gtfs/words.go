package gtfs

import (
	"strconv"

	"puy/geo"
)

// mode gives the word for a route type of the specification, or for one of the hundreds
// of the extended types (Hierarchical Vehicle Type codes, as Google Transit lists them);
// "" where there is no such type.
func mode(routeType int64) string {
	switch routeType {
	case 0:
		return "tram"
	case 1:
		return "metro"
	case 2:
		return "rail"
	case 3:
		return "bus"
	case 4:
		return "ferry"
	case 5:
		return "cable-tram"
	case 6:
		return "aerial-lift"
	case 7:
		return "funicular"
	case 11:
		return "trolleybus"
	case 12:
		return "monorail"
	case 405:
		return "monorail"
	case 715:
		return "demand-bus"
	}
	switch {
	case routeType >= 100 && routeType < 200:
		return "rail"
	case routeType >= 200 && routeType < 300:
		return "coach"
	case routeType >= 300 && routeType < 400:
		return "rail"
	case routeType >= 400 && routeType < 700:
		return "metro"
	case routeType >= 700 && routeType < 800:
		return "bus"
	case routeType >= 800 && routeType < 900:
		return "trolleybus"
	case routeType >= 900 && routeType < 1000:
		return "tram"
	case routeType >= 1000 && routeType < 1100, routeType >= 1200 && routeType < 1300:
		return "ferry"
	case routeType >= 1100 && routeType < 1200:
		return "air"
	case routeType >= 1300 && routeType < 1400:
		return "aerial-lift"
	case routeType >= 1400 && routeType < 1500:
		return "funicular"
	case routeType >= 1500 && routeType < 1600:
		return "taxi"
	case routeType >= 1700 && routeType < 1800:
		return "other"
	}
	return ""
}

// The colours of routes that state none (reference of routes.txt).
const (
	defaultColour     = "#FFFFFF"
	defaultTextColour = "#000000"
)

// colour gives six hexadecimal digits, with or without #, as #RRGGBB.
func colour(cell []byte) (string, bool) {
	if len(cell) > 0 && cell[0] == '#' {
		cell = cell[1:]
	}
	if len(cell) != 6 {
		return "", false
	}
	b := [7]byte{'#'}
	for i, c := range cell {
		switch {
		case c >= 'a' && c <= 'f':
			c -= 'a' - 'A'
		case c >= '0' && c <= '9' || c >= 'A' && c <= 'F':
		default:
			return "", false
		}
		b[i+1] = c
	}
	return string(b[:]), true
}

// days of the week, Monday first, as bits of a mask.
const allDays = 7

// weekdays writes a mask as schema.org does opening hours: "Mo-Fr,Su".
func weekdays(mask uint8) string {
	names := [allDays]string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"}
	text := ""
	for day := 0; day < allDays; day++ {
		if mask>>day&1 == 0 {
			continue
		}
		last := day
		for last+1 < allDays && mask>>(last+1)&1 == 1 {
			last++
		}
		if text != "" {
			text += ","
		}
		switch text += names[day]; last - day {
		case 0:
		case 1:
			text += "," + names[last]
		default:
			text += "-" + names[last]
		}
		day = last
	}
	return text
}

// position reads a longitude and a latitude. Fault says what is wrong, of which column.
func position(lon, lat []byte) (x, y float64, column, fault string) {
	x, ok := number(lon)
	if !ok {
		return 0, 0, "stop_lon", "it is not a number"
	}
	if y, ok = number(lat); !ok {
		return 0, 0, "stop_lat", "it is not a number"
	}
	if x == 0 && y == 0 {
		return 0, 0, "stop_lat", "0, 0 is in the ocean, and stands for a place that is not known"
	}
	return x, y, "", ""
}

// label is what people call a route: its short name, else the long one, else its id.
func label(short, long, id string) string {
	switch {
	case short != "":
		return short
	case long != "":
		return long
	}
	return id
}

func text(s string) geo.Value {
	if s == "" {
		return geo.Value{}
	}
	return geo.Text(s)
}

// day reads YYYYMMDD as days since 1970.
func day(cell []byte) (int32, bool) {
	if len(cell) != 8 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(cell), 10, 32)
	if err != nil {
		return 0, false
	}
	return civil(int(n/10000), int(n/100%100), int(n%100))
}
