package cfb

import "io"

// Stream is one file in a compound file.
type Stream struct {
	r      io.ReaderAt
	base   int64 // where sector 0 begins in r
	sector int64 // bytes
	chain  []uint32
	size   int64
}

// Size gives the length in bytes.
func (s *Stream) Size() int64 { return s.size }

// ReadAt reads as io.ReaderAt says; a part that the file lacks is
// io.ErrUnexpectedEOF.
func (s *Stream) ReadAt(b []byte, at int64) (int, error) {
	if at < 0 || at >= s.size {
		return 0, io.EOF
	}
	var end error
	if int64(len(b)) > s.size-at {
		b, end = b[:s.size-at], io.EOF
	}
	done := 0
	for done < len(b) {
		from, length := s.run(at, int64(len(b)-done))
		n, err := s.r.ReadAt(b[done:done+int(length)], from)
		done += n
		at += int64(n)
		if int64(n) < length {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return done, err
		}
	}
	return done, end
}

// run gives where the bytes from at lie in r, and how many of n lie there in a row.
func (s *Stream) run(at, n int64) (from, length int64) {
	if s.chain == nil {
		return s.base + at, n
	}
	i, skip := at/s.sector, at%s.sector
	from, length = s.base+int64(s.chain[i])*s.sector+skip, s.sector-skip
	for length < n && i+1 < int64(len(s.chain)) && s.chain[i+1] == s.chain[i]+1 {
		i++
		length += s.sector
	}
	return from, min(length, n)
}
