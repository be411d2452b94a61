package format

// Interner makes strings of bytes and gives the same string again for bytes that
// came lately, which saves most allocations for columns of few values. The zero
// Interner is ready.
type Interner struct {
	recent [512]string
}

// String gives b as a string.
func (in *Interner) String(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > 48 {
		return string(b)
	}
	h := uint32(len(b))
	for _, c := range b {
		h = (h ^ uint32(c)) * 16777619 // FNV-1a
	}
	slot := &in.recent[(h^h>>16)%uint32(len(in.recent))]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}
