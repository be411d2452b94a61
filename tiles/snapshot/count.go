package snapshot

// Features gives the number of features; a geometry collection may count as
// up to three.
func (s *Snapshot) Features() int { return int(s.distinct) }

// Drawn gives how many features are drawn at zoom z all over the world. Several
// that are drawn as one, because each is too small, count once.
func (s *Snapshot) Drawn(z int) int64 {
	if z >= 0 && z < len(s.drawn) {
		return s.drawn[z]
	}
	return int64(s.distinct)
}

// CompleteFrom gives the first zoom from which on every feature is drawn for
// itself.
func (s *Snapshot) CompleteFrom() int {
	z := len(s.drawn)
	for z > 0 && s.drawn[z-1] == int64(s.distinct) {
		z--
	}
	return z
}
