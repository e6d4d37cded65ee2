// Package words makes parts of sentences that all faces show: one visible line out of a name or a title that
// came from anywhere, numbers with their nouns, machines in a row.
//
// It is about English texts and their widths in characters. It escapes nothing: what a menu, a notification
// or a terminal takes for its own markup is theirs to know.
package words

import (
	"fmt"
	"strings"
	"unicode"
)

// Plain makes one line of visible text out of anything. What does not show itself, or changes how its
// neighbours are shown, is left out.
func Plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r): // line and paragraph separators, too
			return ' '
		case r == unicode.ReplacementChar, invisible(r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// invisible tells control and format characters (among them those that turn the reading direction, see
// https://trojansource.codes), private ones, and letters that are drawn as nothing.
func invisible(r rune) bool {
	switch r {
	case 0x034F, 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs)
}

// Short is Plain in at most width characters, and never empty. It cuts the middle out: both ends of a path or
// a title tell more than what is between them.
func Short(s string, width int) string {
	runes := []rune(Plain(s))
	switch n := len(runes); {
	case n == 0:
		return "(no name)"
	case n <= width:
		return string(runes)
	default:
		tail := (width - 1) / 2
		return string(runes[:width-1-tail]) + "…" + string(runes[n-tail:])
	}
}

// Count puts a number before a noun with a regular plural.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Machines joins machines as people do, each in at most width characters; many are counted.
func Machines(names []string, width int) string {
	switch len(names) {
	case 0:
		return "another machine"
	case 1:
		return Short(names[0], width)
	case 2:
		return Short(names[0], width) + " and " + Short(names[1], width)
	}
	return Count(len(names), "machine")
}
