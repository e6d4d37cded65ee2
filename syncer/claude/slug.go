package claude

import (
	"strconv"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// slugLimit is how many UTF-16 units of a path Claude Code keeps before it adds a hash.
const slugLimit = 200

// Slug returns the name of the directory in which Claude Code keeps the sessions of a working directory.
// The path must be absolute and free of symbolic links (see Store.ProjectDir, which sees to that): every
// UTF-16 unit but ASCII letters and digits becomes one "-"; beyond 200 units the first 200 are kept, with
// a hash of the whole. Several paths may have one slug, so it cannot be turned back into a path.
func Slug(path string) string { return slugOf(normalise(path)) }

// slugOf is the rule for a path whose Unicode form is settled. It counts UTF-16 units because Claude Code
// is JavaScript: an emoji is two of them, hence two dashes.
func slugOf(path string) string {
	units := utf16.Encode([]rune(path))
	slug := make([]byte, 0, len(units))
	for _, u := range units {
		if alphanumeric(u) {
			slug = append(slug, byte(u))
		} else {
			slug = append(slug, '-')
		}
	}
	if len(slug) <= slugLimit {
		return string(slug)
	}
	return string(slug[:slugLimit]) + "-" + pathHash(units)
}

func alphanumeric(u uint16) bool {
	return u >= 'a' && u <= 'z' || u >= 'A' && u <= 'Z' || u >= '0' && u <= '9'
}

// pathHash is the classic 31*h+unit over 32 signed bits, of the path and not of its slug, so that two long
// paths which differ in a replaced character only get different directories.
func pathHash(units []uint16) string {
	var h int32
	for _, u := range units {
		h = 31*h + int32(u)
	}
	// The absolute value is taken in 64 bits: the smallest int32 has none in 32.
	wide := int64(h)
	if wide < 0 {
		wide = -wide
	}
	return strconv.FormatInt(wide, 36)
}

// composed returns s in Unicode NFC.
func composed(s string) string { return norm.NFC.String(s) }
