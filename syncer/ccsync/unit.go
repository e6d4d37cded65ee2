package ccsync

import (
	"unicode/utf16"
	"unicode/utf8"
)

// longestEscape is the length of a surrogate pair, \ud83d\ude00. No other escape is longer.
const longestEscape = 12

// digits has the value of each hexadecimal digit, and bad for other bytes. A table is faster than comparing,
// because no processor can predict whether the next digit is a letter.
type digits [256]uint16

const (
	bad      = 0xff00
	hexUpper = "0123456789ABCDEF"
)

func newDigits() (d digits) {
	for i := range d {
		d[i] = bad
	}
	for i := range uint16(len(hex)) {
		d[hex[i]] = i
		d[hexUpper[i]] = i
	}
	return d
}

// unescapeUnit reads a \uXXXX or a surrogate pair at the start of src, and writes its bytes to out. It returns
// how many bytes it read and wrote; 0, 0 if src ends within the escape. A lone U+DC80 to U+DCFF is a byte that
// was not UTF-8 when it was packed.
func (d *digits) unescapeUnit(out, src []byte) (taken, given int, err error) {
	if len(src) < 2 {
		return 0, 0, nil
	}
	if src[1] != 'u' {
		return 0, 0, malformed("the transcript holds the unknown escape %q", src[:2])
	}
	unit, ok, err := d.codeUnit(src)
	if !ok {
		return 0, 0, err
	}
	if unit >= 0xDC80 && unit <= 0xDCFF {
		out[0] = byte(unit)
		return 6, 1, nil
	}
	if !utf16.IsSurrogate(unit) {
		return 6, utf8.EncodeRune(out[:utf8.UTFMax:utf8.UTFMax], unit), nil
	}
	if len(src) < longestEscape && unit < 0xDC00 && couldPair(src[6:]) {
		return 0, 0, nil
	}
	if len(src) >= longestEscape && unit < 0xDC00 && src[6] == '\\' && src[7] == 'u' {
		low, ok, err := d.codeUnit(src[6:])
		if !ok {
			return 0, 0, err
		}
		if r := utf16.DecodeRune(unit, low); r != utf8.RuneError {
			return longestEscape, utf8.EncodeRune(out[:utf8.UTFMax:utf8.UTFMax], r), nil
		}
	}
	return 0, 0, malformed("the transcript holds the lone surrogate \\u%04x", unit)
}

func couldPair(rest []byte) bool {
	return len(rest) == 0 || rest[0] == '\\' && (len(rest) == 1 || rest[1] == 'u')
}

// codeUnit reads the four hexadecimal digits of \uXXXX. ok is false if src is too short or wrong.
func (d *digits) codeUnit(src []byte) (unit rune, ok bool, err error) {
	if len(src) < 6 {
		return 0, false, nil
	}
	a, b, c, e := d[src[2]], d[src[3]], d[src[4]], d[src[5]]
	if (a|b|c|e)&bad != 0 {
		return 0, false, malformed("the transcript holds the broken escape %.6q", src[:6])
	}
	return rune(a<<12 | b<<8 | c<<4 | e), true, nil
}

// openSequence returns how many bytes at the end of b begin a UTF-8 sequence that continues behind b.
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
