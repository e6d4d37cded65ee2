package menu

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"claude-sync/syncer"
)

// No host shortens a label: one of 360 characters makes a menu as wide as the screen.
const (
	labelWidth   = 72 // the longest sentence of ours has 70
	tooltipWidth = 60 // Windows cuts at 127 UTF-16 units, and a character may take two
	projectWidth = 36
	titleWidth   = 32
	machineWidth = 20
)

// clean makes one line of plain text out of anything: names and titles come from other machines. What does
// not show itself, or changes how its neighbours are shown, is left out.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
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
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp)
}

// shorten cuts the middle out: both ends of a path or a title tell more than what is between them.
func shorten(s string, width int) string {
	runes := []rune(s)
	if len(runes) <= width {
		return s
	}
	tail := (width - 1) / 2
	return string(runes[:width-1-tail]) + "…" + string(runes[len(runes)-tail:])
}

// text is what a label or a part of one may be: clean, short, and never empty.
func text(s string, width int) string {
	if s = shorten(clean(s), width); s == "" {
		return "(no name)"
	}
	return s
}

// around puts a title between two texts and gives it the room that they leave.
func around(before, title, after string) string {
	room := labelWidth - len([]rune(before)) - len([]rune(after)) - 2
	return before + "'" + text(title, max(titleWidth/2, room)) + "'" + after
}

// lines breaks s at spaces into at most three labels.
func lines(s string) []string {
	const most, cut = 3, " …"
	const width = labelWidth - 2 // of cut
	var all []string
	// A word that is longer than a line (a path) gets one of its own, with its middle cut out.
	line := ""
	for _, word := range strings.Fields(clean(s)) {
		if line != "" && len([]rune(line+" "+word)) > width {
			all = append(all, text(line, width))
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	if line != "" {
		all = append(all, text(line, width))
	}
	if len(all) > most {
		all = all[:most]
		all[most-1] += cut
	}
	return all
}

// titleOf is what people call a session.
func titleOf(s syncer.Session) string {
	if title := clean(s.Title); title != "" {
		return title
	}
	return "session " + s.ID.Short()
}

// count puts a number before a noun with a regular plural.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// and joins machines as people do; many are counted.
func and(machines []string) string {
	var names []string
	for _, m := range machines {
		names = append(names, text(m, machineWidth))
	}
	switch len(names) {
	case 0:
		return "another machine"
	case 1:
		return names[0]
	case 2:
		return names[0] + " and " + names[1]
	}
	// Three names of twenty characters are a whole label.
	return count(len(names), "machine")
}

// ago says how long something is past, coarsely: a label that changes every second is a menu that is
// drawn every second.
func ago(d time.Duration) string {
	if age := lasted(d); age != "now" {
		return age + " ago"
	}
	return "just now"
}

// lasted is a coarse duration. Clocks of two machines differ, so the future counts as now.
func lasted(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < day:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return count(int(d/day), "day")
}

// size is a number of bytes for people.
func size(n int64) string {
	const mega = 1_000_000 // as file managers count, not 1<<20
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < mega:
		return fmt.Sprintf("%d kB", n/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/mega)
}
