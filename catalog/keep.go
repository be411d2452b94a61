package catalog

import "time"

const (
	// keptVersions is how many versions a dataset keeps that does not say.
	keptVersions = 3
	// MaxKept bounds how many versions a dataset keeps, whatever their age.
	MaxKept = 1000
)

// Keep says which versions of a dataset stay: the newest of them, and all that
// are younger than an age. The zero Keep keeps three.
type Keep struct {
	Versions int           `json:"versions,omitempty" yaml:"versions"` // 0 is 3 without Age, else 1
	Age      time.Duration `json:"age,omitempty" yaml:"age"`           // since they were loaded
}

// Drops gives those of versions, which are all there are, the newest first,
// that k does not keep now. The current one always stays.
func (k Keep) Drops(versions []Version, current int64, now time.Time) []Version {
	count := k.Versions
	switch {
	case count > 0:
	case k.Age > 0:
		count = 1
	default:
		count = keptVersions
	}
	var drop []Version
	for i := range versions {
		v := &versions[i]
		young := k.Age > 0 && now.Sub(v.Loaded) < k.Age && i < MaxKept
		if i >= count && !young && v.Number != current {
			drop = append(drop, *v)
		}
	}
	return drop
}
