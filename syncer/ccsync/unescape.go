package ccsync

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// longestEscape is the longest thing that must be seen whole: a surrogate pair, \ud83d\ude00.
const longestEscape = 12

// appendUnescaped appends the text of the JSON string body src to dst, until the closing quote, until
// an escape that may go on beyond src, or until the end. It returns how much of src it took and
// whether it stopped at the closing quote (which is not taken).
func appendUnescaped(dst, src []byte) (out []byte, taken int, closed bool, err error) {
	need := len(dst) + len(src) + 8
	if cap(dst) < need {
		grown := make([]byte, len(dst), need)
		copy(grown, dst)
		dst = grown
	}
	out = dst[:cap(dst)]
	o, i := len(dst), 0
	for i < len(src) {
		if i+8 <= len(src) {
			x := binary.LittleEndian.Uint64(src[i:])
			binary.LittleEndian.PutUint64(out[o:], x)
			m := special(x)
			if m == 0 {
				i, o = i+8, o+8
				continue
			}
			n := bits.TrailingZeros64(m) >> 3
			i, o = i+n, o+n
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
			n, w, err := unescapeOne(out[o:], src[i:])
			if err != nil || n == 0 {
				return out[:o], i, false, err
			}
			i, o = i+n, o+w
		}
	}
	return out[:o], i, false, nil
}

// unescapeOne reads one escape at the start of src and writes its bytes to out. It returns how many
// bytes it took and gave; 0, 0 when src ends before the escape does.
func unescapeOne(out, src []byte) (taken, given int, err error) {
	if len(src) < 2 {
		return 0, 0, nil
	}
	switch src[1] {
	case '"', '\\', '/':
		out[0] = src[1]
	case 'b':
		out[0] = '\b'
	case 'f':
		out[0] = '\f'
	case 'n':
		out[0] = '\n'
	case 'r':
		out[0] = '\r'
	case 't':
		out[0] = '\t'
	case 'u':
		return unescapeUnit(out, src)
	default:
		return 0, 0, malformed("the transcript holds the unknown escape %q", src[:2])
	}
	return 2, 1, nil
}

// unescapeUnit reads \uXXXX, or two of them that make a surrogate pair. A lone U+DC80 to U+DCFF is a
// byte that was not UTF-8 when it was packed.
func unescapeUnit(out, src []byte) (taken, given int, err error) {
	unit, ok, err := codeUnit(src)
	if !ok {
		return 0, 0, err
	}
	if !utf16.IsSurrogate(unit) {
		return 6, utf8.EncodeRune(out[:utf8.UTFMax:utf8.UTFMax], unit), nil
	}
	if unit >= 0xDC80 && unit <= 0xDCFF {
		out[0] = byte(unit)
		return 6, 1, nil
	}
	if len(src) < longestEscape && unit < 0xDC00 && couldPair(src[6:]) {
		return 0, 0, nil
	}
	if len(src) >= longestEscape && unit < 0xDC00 && src[6] == '\\' && src[7] == 'u' {
		low, ok, err := codeUnit(src[6:])
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

// codeUnit reads the four hexadecimal digits of \uXXXX; ok is false when src is too short or wrong.
func codeUnit(src []byte) (unit rune, ok bool, err error) {
	if len(src) < 6 {
		return 0, false, nil
	}
	for _, c := range src[2:6] {
		switch {
		case c >= '0' && c <= '9':
			unit = unit<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			unit = unit<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false, malformed("the transcript holds the broken escape %.6q", src[:6])
		}
	}
	return unit, true, nil
}
