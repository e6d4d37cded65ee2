package ccsync

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf8"
)

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special sets the high bit of each byte of x that needs an escape in a JSON string: control characters, quotes
// and backslashes. x must be ASCII, so that no addition carries into the next byte.
func special(x uint64) uint64 {
	quote, backslash := x^ones*'"', x^ones*'\\'
	return ^((x + ones*0x60) & (quote + ones*0x7f) & (backslash + ones*0x7f)) & highs
}

// escape handles eight bytes at a time. It always stores a whole word, because the next store overwrites the
// bytes that do not count.
func (k *swar) escape(dst, src []byte) []byte {
	dst = slices.Grow(dst, 6*len(src)+8)
	out, o, i := dst[:cap(dst)], len(dst), 0
	for i+12 <= len(src) {
		x := binary.LittleEndian.Uint64(src[i:])
		m := x & highs
		if m == 0 {
			m = special(x)
		}
		if x&highs != 0 || bits.OnesCount64(m) > 3 { // byte by byte is faster if many bytes need an escape
			for end := i + 8; i < end; {
				if c := src[i]; beginsNothing(binary.LittleEndian.Uint16(src[i:])) {
					binary.LittleEndian.PutUint64(out[o:], k.escaped[c])
					i, o = i+1, o+int(k.length[c])
					continue
				}
				taken, given := k.escapeOne(out[o:], src[i:])
				i, o = i+taken, o+given
			}
			continue
		}
		binary.LittleEndian.PutUint64(out[o:], x)
		left := 8
		for m != 0 {
			n := bits.TrailingZeros64(m) >> 3
			x >>= n * 8 & 63
			o += n
			binary.LittleEndian.PutUint64(out[o:], k.escaped[byte(x)])
			o += int(k.length[byte(x)])
			x >>= 8
			m = m >> (n * 8 & 63) >> 8
			left -= n + 1
			binary.LittleEndian.PutUint64(out[o:], x)
		}
		i, o = i+8, o+left
	}
	for i < len(src) {
		taken, given := k.escapeOne(out[o:], src[i:])
		i, o = i+taken, o+given
	}
	return out[:o]
}

// beginsNothing reports whether the first of two bytes cannot begin a UTF-8 sequence of several.
func beginsNothing(x uint16) bool { return x&0xC0C0 != 0x80C0 }

// escapeOne escapes the first character of src, or the first byte if it is not UTF-8.
func (k *swar) escapeOne(out, src []byte) (taken, given int) {
	c := src[0]
	if len(src) >= 4 {
		x := binary.LittleEndian.Uint32(src)
		// Sequences of three bytes are by far the most common. Two forms are invalid: overlong ones and
		// surrogates.
		if x&0xC0C0F0 == 0x8080E0 && x&0x200F != 0 && x&0x200F != 0x200D {
			binary.LittleEndian.PutUint32(out, x)
			return 3, 3
		}
	}
	if _, n := utf8.DecodeRune(src); n > 1 {
		return n, copy(out, src[:n])
	}
	binary.LittleEndian.PutUint64(out, k.escaped[c])
	return 1, int(k.length[c])
}

// anySpecial is special for words that need not be ASCII. Only the lowest mark is reliable, because the
// subtractions borrow.
func anySpecial(x uint64) uint64 {
	quote, backslash := x^ones*'"', x^ones*'\\'
	return ((x-ones*' ')&^x | (quote-ones)&^quote | (backslash-ones)&^backslash) & highs
}

// unescape stores whole words, too: a text is never longer than its escaped form.
func (k *swar) unescape(dst, src []byte) (text []byte, taken int, closed bool, err error) {
	dst = slices.Grow(dst, len(src)+8)
	out, o, i := dst[:cap(dst)], len(dst), 0
	for i < len(src) {
		if i+8 <= len(src) {
			x := binary.LittleEndian.Uint64(src[i:])
			binary.LittleEndian.PutUint64(out[o:], x)
			m := anySpecial(x)
			if m == 0 {
				i, o = i+8, o+8
				continue
			}
			n := bits.TrailingZeros64(m) >> 3
			i, o = i+n, o+n
		}
		for i+1 < len(src) && src[i] == '\\' && k.meant[src[i+1]] != 0 {
			out[o] = k.meant[src[i+1]]
			i, o = i+2, o+1
		}
		if i == len(src) {
			break
		}
		switch c := src[i]; {
		case c == '"':
			return out[:o], i, true, nil
		case c < ' ':
			return out[:o], i, false, malformed("the transcript holds a raw control character %#02x", c)
		case c != '\\':
			out[o] = c
			i, o = i+1, o+1
		default:
			n, w, err := k.digits.unescapeUnit(out[o:], src[i:])
			if err != nil || n == 0 {
				return out[:o], i, false, err
			}
			i, o = i+n, o+w
		}
	}
	return out[:o], i, false, nil
}
