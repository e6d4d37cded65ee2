package project

import (
	"path/filepath"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// pathID returns the same text for all spellings of one path, as this system's file systems compare names.
// Two paths are one if their ids are equal.
func pathID(path string) string {
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
