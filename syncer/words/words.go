// Package words makes the parts of sentences that all faces show: names and titles from anywhere as one safe
// line, numbers with their nouns, lists of machines.
//
// Texts are English, and widths are counted in characters. The package escapes nothing: a menu, a notification
// and a terminal each know their own markup.
package words

import (
	"fmt"
	"strings"
)

// Short is Plain in at most width characters, and never empty. It cuts the middle out, because both ends of a
// path or a title tell more than its middle.
func Short(s string, width int) string {
	runes := []rune(Plain(s))
	switch n := len(runes); {
	case n == 0:
		return noName
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

// And joins names as people do.
func And(names []string) string {
	switch len(names) {
	case 0:
		return "another machine"
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// Continued says that a session was continued here and on others, which are names of machines.
func Continued(others []string) string {
	here := "here and "
	if len(others) > 1 {
		here = "here, "
	}
	return ContinuedOn(len(others)) + ": " + here + And(others)
}

// ContinuedOn says on how many machines a session was continued, if others is how many beside this one. It takes none
// for one that has no name.
func ContinuedOn(others int) string {
	if others < 2 {
		return "continued on two machines"
	}
	return "continued on " + Count(others+1, "machine")
}

// Machines joins the names of machines as people do, each in at most width characters. It counts three or more.
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
