package columns

// parsePageHeader reads the structure PageHeader.
func parsePageHeader(t *thrift) (h pageHeader) {
	h.kind = -1
	t.structure(thriftStruct, func(id int16, typ byte) bool {
		switch id {
		case 1:
			h.kind = t.int32(typ)
		case 2:
			h.size = t.int32(typ)
		case 3:
			h.packed = t.int32(typ)
		case 4:
			h.crc, h.hasCRC = uint32(t.int32(typ)), true
		case 5, 7:
			t.structure(typ, func(id int16, typ byte) bool {
				switch id {
				case 1:
					h.values = t.int32(typ)
				case 2:
					h.encoding = t.int32(typ)
				case 3:
					if typ == thriftTrue || typ == thriftFalse { // is_sorted of a dictionary
						return false
					}
					h.levels = t.int32(typ)
				case 4:
					h.repetitions = t.int32(typ)
				default:
					return false
				}
				return true
			})
		case 8:
			t.structure(typ, func(id int16, typ byte) bool {
				switch id {
				case 1:
					h.values = t.int32(typ)
				case 4:
					h.encoding = t.int32(typ)
				case 5:
					h.defBytes = t.int32(typ)
				case 6:
					h.repBytes = t.int32(typ)
				case 7:
					h.plain = !t.boolean(typ)
				default:
					return false
				}
				return true
			})
		default:
			return false
		}
		return true
	})
	return h
}
