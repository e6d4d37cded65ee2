package giturl

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"claude-sync/syncer/words"
)

// Hidden reports whether r is not allowed in a key: a control character, line separator, zero-width character,
// or one that can make a name read backwards (https://trojansource.codes). The list is shorter than that of
// words.Label, and fixed, so that machines with different Unicode versions make the same key.
func Hidden(r rune) bool {
	switch {
	case unicode.IsControl(r), r == 0x061C, r == 0xFEFF,
		0x200B <= r && r <= 0x200F,
		0x2028 <= r && r <= 0x202E,
		0x2060 <= r && r <= 0x206F:
		return true
	}
	return false
}

// Quoted returns text from a file for a message: in quotes, at most 80 characters, and with U+FFFD for each
// character that is not safe to show. It does not double the backslashes of a Windows path.
func Quoted(s string) string { return `"` + words.Path(clip(s, 80)) + `"` }

func clip(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	return string(runes[:limit-1]) + "…"
}

// Unescape undoes percent-encoding. As in git and curl, a percent sign without two hexadecimal digits stays.
func Unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// escape encodes a path's segment for a key; Unescape is its exact inverse. Letters of all alphabets stay
// readable. "@" is always encoded, because a key without "@" cannot contain a user name.
func escape(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		broken := r == utf8.RuneError && size == 1
		if !broken && isPlain(r) {
			b.WriteString(s[:size])
		} else {
			for _, c := range []byte(s[:size]) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		}
		s = s[size:]
	}
	return b.String()
}

func isPlain(r rune) bool {
	if r >= utf8.RuneSelf {
		return !Hidden(r) && !unicode.IsSpace(r)
	}
	return isASCIILetter(r) || '0' <= r && r <= '9' || strings.ContainsRune("-._~!$&'()*+,;=:", r)
}

func isASCIILetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// lowerASCII lowers A to Z and changes nothing else, not even bytes that are not UTF-8.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}
