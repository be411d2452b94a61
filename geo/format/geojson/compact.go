package geojson

import "unicode/utf8"

// appendCompact appends raw, which a cursor has accepted, as strict JSON without
// white space: NaN and Infinity become null, and invalid UTF-8, U+0000 and halves
// of surrogate pairs, which databases refuse, become U+FFFD.
func appendCompact(dst, raw []byte) []byte {
	for i := 0; i < len(raw); i++ {
		switch b := raw[i]; b {
		case ' ', '\n', '\r', '\t':
		case '"':
			end := i + 1
			for raw[end] != '"' {
				if raw[end] == '\\' {
					end++
				}
				end++
			}
			dst = appendString(dst, raw[i+1:end])
			i = end
		case 'N':
			dst = append(dst, "null"...)
			i += len("NaN") - 1
		case 'I':
			dst = append(dst, "null"...)
			i += len("Infinity") - 1
		case '-':
			if raw[i+1] != 'I' {
				dst = append(dst, b)
			}
		default:
			dst = append(dst, b)
		}
	}
	return dst
}

// appendString appends the inside of a string as a string.
func appendString(dst, raw []byte) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(raw); {
		switch {
		case raw[i] == '\\' && raw[i+1] == 'u':
			n := 6
			if r := unit(raw[i+2:]); r >= 0xd800 && r < 0xdc00 {
				n = min(12, len(raw)-i)
			}
			text := unescape(nil, raw[i:i+6])
			if n == 12 && raw[i+6] == '\\' && raw[i+7] == 'u' {
				if pair := unescape(nil, raw[i:i+12]); utf8.RuneCount(pair) == 1 {
					text = pair
				} else {
					n = 6
				}
			} else {
				n = 6
			}
			if string(text) == "\ufffd" || string(text) == "\x00" {
				dst = append(dst, "\ufffd"...)
			} else {
				dst = append(dst, raw[i:i+n]...)
			}
			i += n
		case raw[i] == '\\':
			dst = append(dst, raw[i], raw[i+1])
			i += 2
		case raw[i] < utf8.RuneSelf:
			dst = append(dst, raw[i])
			i++
		default:
			r, size := utf8.DecodeRune(raw[i:])
			dst = utf8.AppendRune(dst, r)
			i += size
		}
	}
	return append(dst, '"')
}
