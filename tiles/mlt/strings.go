package mlt

// dictionary is the distinct values of a column of text in the order of their
// first use.
type dictionary struct {
	text    []byte
	ends    []int   // of each in text
	lengths []int64 // of each
	indexes []int64 // of the value of each cell
	plain   int     // bytes of all cells together

	stamps     []stamp // per value of the layer
	generation uint32
}

// stamp is the index of a value in the dictionary whose generation it bears.
type stamp struct{ generation, index uint32 }

func (d *dictionary) fill(layer []byte, values []value, cells []cell) {
	d.text, d.ends, d.lengths, d.indexes, d.plain = d.text[:0], d.ends[:0], d.lengths[:0], d.indexes[:0], 0
	d.generation++
	if len(d.stamps) < len(values) || d.generation == 0 {
		d.stamps, d.generation = make([]stamp, max(len(values), 2*len(d.stamps))), 1
	}
	for _, c := range cells {
		s := &d.stamps[c.value]
		if s.generation != d.generation {
			*s = stamp{d.generation, uint32(len(d.lengths))}
			start := len(d.text)
			d.text = values[c.value].appendTo(d.text, layer)
			d.ends = append(d.ends, len(d.text))
			d.lengths = append(d.lengths, int64(len(d.text)-start))
		}
		d.indexes = append(d.indexes, int64(s.index))
		d.plain += int(d.lengths[s.index])
	}
}

// writeStrings writes a column of text, plain or with a dictionary, whichever is
// the smaller.
func (e *Encoder) writeStrings(layer []byte, c *column, features int) {
	d := &e.dictionary
	d.fill(layer, e.values, c.cells)
	lengths, streams := d.lengths, uint64(2)
	if repeated := len(d.lengths) < len(c.cells); repeated {
		e.numbers = e.numbers[:0]
		for _, index := range d.indexes {
			e.numbers = append(e.numbers, d.lengths[index])
		}
		shared := len(d.text) + smallest(d.lengths, false, false).size + smallest(d.indexes, false, false).size
		if shared < d.plain+smallest(e.numbers, false, false).size {
			streams = 3
		} else {
			lengths = e.numbers
		}
	}
	nullable := len(c.cells) < features
	if nullable {
		streams++
	}
	e.data = appendUvarint(e.data, streams)
	if nullable {
		streams--
		e.writePresence(c, features)
	}
	if streams == 3 {
		e.data = appendIntegers(e.data, streamDictionaryLengths, lengths, false, false)
		e.data = appendIntegers(e.data, streamIndexes, d.indexes, false, false)
		e.data = appendStream(e.data, streamDictionary, encodingPlain|physicalNone, len(lengths), len(d.text))
		e.data = append(e.data, d.text...)
		return
	}
	e.data = appendIntegers(e.data, streamLengths, lengths, false, false)
	e.data = appendStream(e.data, streamData, encodingPlain|physicalNone, len(lengths), d.plain)
	for _, index := range d.indexes {
		end := d.ends[index]
		e.data = append(e.data, d.text[end-int(d.lengths[index]):end]...)
	}
}
