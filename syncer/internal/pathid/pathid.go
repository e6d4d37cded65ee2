// Package pathid tells whether two paths are one, as the file systems of this system compare names: by their
// bytes on Linux, without case on Windows, without case and Unicode composition on macOS.
//
// It reads no disk: it resolves no links, and does not know a file system that was formatted otherwise.
package pathid

import (
	"path/filepath"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Of returns the same text for all spellings of one path: two paths are one if and only if Of says the same
// of both. The text is for comparing and for map keys; it is not a path.
func Of(path string) string {
	path = filepath.Clean(path)
	if composesNames {
		path = norm.NFC.String(path)
	}
	if foldsNames {
		path = folded(path)
	}
	return path
}

// folded replaces each character by the first of those that differ from it only in case. Two texts fold to
// one if and only if strings.EqualFold holds.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		first := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			first = min(first, other)
		}
		return first
	}, s)
}
