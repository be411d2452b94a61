package catalog

import (
	"strconv"
	"strings"

	"puy/geo"
)

// Share is a part of a whole, 0 to 1. In a file it is written 5% or 0.05.
type Share float64

// UnmarshalText reads a percentage or a fraction. The error is of KindInvalid.
func (s *Share) UnmarshalText(text []byte) error {
	number, percent := strings.CutSuffix(strings.TrimSpace(string(text)), "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		f /= 100
	}
	if err != nil || !(f >= 0 && f <= 1) {
		return geo.Errorf(geo.KindInvalid, "%q is not a share such as 5%% or 0.05", text)
	}
	*s = Share(f)
	return nil
}

// MarshalText writes the fraction, which is read as the same number.
func (s Share) MarshalText() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(s), 'g', -1, 64), nil
}
