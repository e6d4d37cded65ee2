package project

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"claude-sync/syncer/words"
)

// hidden reports whether r may not stand in a key: control characters, line separators, zero-width
// characters, and those by which a name can be made to read backwards (https://trojansource.codes). The list
// is fixed, and shorter than that of words.Label, so that machines with different Unicode versions make the
// same key.
func hidden(r rune) bool {
	switch {
	case unicode.IsControl(r), r == 0x061C, r == 0xFEFF,
		0x200B <= r && r <= 0x200F,
		0x2028 <= r && r <= 0x202E,
		0x2060 <= r && r <= 0x206F:
		return true
	}
	return false
}

// quoted puts text from a file into a message: bounded, and with U+FFFD for what is not safe to show. It
// does not escape: the backslashes of a Windows path are not doubled.
func quoted(s string) string { return `"` + words.Path(clip(s, 80)) + `"` }

func clip(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	return string(runes[:limit-1]) + "…"
}

// unescape undoes percent-encoding. A percent sign without two hexadecimal digits stands for itself, as
// git and curl read it.
func unescape(s string) string {
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

// escape is the one way in which a segment of a path is written in a key; unescape undoes it exactly.
// Letters of all alphabets stay readable. "@" is always encoded: a key without it has no user name.
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
		return !hidden(r) && !unicode.IsSpace(r)
	}
	return isASCIILetter(r) || '0' <= r && r <= '9' || strings.ContainsRune("-._~!$&'()*+,;=:", r)
}

func isASCIILetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// lowerASCII leaves everything but A to Z alone, bytes that are not UTF-8 too.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}
