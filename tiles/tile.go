package tiles

// Tile is one vector tile in one content coding. Its bytes are shared and must
// not be changed.
type Tile struct {
	// Body is the tile in Coding; empty for a tile without features.
	Body []byte
	// Coding is the one asked for, or Identity for tiles below MinCompressed.
	Coding Coding
	// ETag is the strong validator of Body in Coding, with its quotes.
	ETag     string
	Features int
	// Version tells the versions of the datasets: their tags (catalog.Version.Tag)
	// in the order of the layers, with dots between them.
	Version string
}

func (s *Service) tile(raw []byte, features int, version string, coding Coding) (Tile, error) {
	t := Tile{Coding: coding, Features: features, Version: version}
	if len(raw) < MinCompressed {
		t.Coding = Identity
	}
	t.ETag = tagOf(raw, t.Coding)
	if features == 0 {
		return t, nil
	}
	var err error
	t.Body, err = s.coder.encode(raw, t.Coding)
	return t, err
}

// In gives a tile in exactly one coding, however small it is. It is for clients
// that refuse what they would get.
func (s *Service) In(t Tile, coding Coding) (Tile, error) {
	if t.Coding == coding || len(t.Body) == 0 {
		return t, nil
	}
	raw, err := s.coder.decode(t.Body, t.Coding)
	if err != nil {
		return Tile{}, err
	}
	t.Coding, t.ETag = coding, tagOf(raw, coding)
	t.Body, err = s.coder.encode(raw, coding)
	return t, err
}
