package ccsync

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
	// short holds, at the place of each control character that has one, the letter of its two-byte
	// escape; a dot means the \u00xx form.
	short = "........btn.fr.................."
	hex   = "0123456789abcdef"
)

// special marks (high bit of the byte) the first byte of x that a JSON string cannot hold as it is: a
// control character, a quote or a backslash. Marks above the first may be wrong, because the
// subtractions borrow; only the lowest one is ever used.
func special(x uint64) uint64 {
	quote := x ^ ones*'"'
	slash := x ^ ones*'\\'
	return ((x-ones*0x20)&^x | (quote-ones)&^quote | (slash-ones)&^slash) & highs
}

// appendEscaped appends src, escaped as JSON.stringify escapes, to dst and returns how much of src it
// took: all of it when final, else all but a UTF-8 sequence that may go on in the next block.
func appendEscaped(dst, src []byte, final bool) (out []byte, taken int) {
	if !final {
		src = src[:len(src)-openSequence(src)]
	}
	// Checking UTF-8 for the whole block first keeps the loop below to three tests; text that is not
	// UTF-8 is rare enough to be cut into valid runs and single bytes.
	if utf8.Valid(src) {
		return appendValid(dst, src), len(src)
	}
	taken = len(src)
	for len(src) > 0 {
		run := validRun(src)
		dst = appendValid(dst, src[:run])
		src = src[run:]
		if len(src) > 0 {
			dst = append(dst, '\\', 'u', 'd', 'c', hex[src[0]>>4], hex[src[0]&15])
			src = src[1:]
		}
	}
	return dst, taken
}

// openSequence returns how many bytes at the end of b are the start of a longer UTF-8 sequence.
func openSequence(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		c := b[len(b)-n]
		if utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

func validRun(b []byte) int {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(b)
}

// appendValid escapes src eight bytes at a time: the word is copied whether or not it is clean, and
// where it is not, only the bytes before its first special one count.
func appendValid(dst, src []byte) []byte {
	need := len(dst) + 6*len(src) + 8
	if cap(dst) < need {
		grown := make([]byte, len(dst), need)
		copy(grown, dst)
		dst = grown
	}
	out := dst[:cap(dst)]
	o, i := len(dst), 0
	for i+8 <= len(src) {
		x := binary.LittleEndian.Uint64(src[i:])
		binary.LittleEndian.PutUint64(out[o:], x)
		m := special(x)
		if m == 0 {
			i, o = i+8, o+8
			continue
		}
		n := bits.TrailingZeros64(m) >> 3
		i, o = i+n, o+n
		o += putEscape(out[o:], src[i])
		i++
	}
	for ; i < len(src); i++ {
		if c := src[i]; c < ' ' || c == '"' || c == '\\' {
			o += putEscape(out[o:], c)
			continue
		}
		out[o] = src[i]
		o++
	}
	return out[:o]
}

func putEscape(out []byte, c byte) int {
	out[0] = '\\'
	switch {
	case c >= ' ':
		out[1] = c
	case short[c] != '.':
		out[1] = short[c]
	default:
		out[1], out[2], out[3], out[4], out[5] = 'u', '0', '0', hex[c>>4], hex[c&15]
		return 6
	}
	return 2
}
