package menu

import (
	"fmt"
	"strings"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/words"
)

// No panel shortens a label: with 360 characters a menu is as wide as the screen.
const (
	labelWidth   = 72 // our longest sentence has 70
	tooltipWidth = 60 // Windows cuts at 127 UTF-16 units, and a character may take two
	projectWidth = 36
	titleWidth   = 32
	machineWidth = 20
)

// around puts a title in quotes between two texts, and shortens it to the room that they leave.
func around(before, title, after string) string {
	room := labelWidth - len([]rune(before)) - len([]rune(after)) - 2
	return before + "'" + words.Short(title, max(titleWidth/2, room)) + "'" + after
}

// lines breaks s at spaces into at most three lines.
func lines(s string) []string {
	const most, cut = 3, " …"
	const width = labelWidth - 2 // of cut
	var all []string
	// A word that is longer than a line (a path) gets a line of its own, with its middle cut out.
	line := ""
	for _, word := range strings.Fields(words.Plain(s)) {
		if line != "" && len([]rune(line+" "+word)) > width {
			all = append(all, words.Short(line, width))
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	if line != "" {
		all = append(all, words.Short(line, width))
	}
	if len(all) > most {
		all = all[:most]
		all[most-1] += cut
	}
	return all
}

// titleOf is the name of a session for people.
func titleOf(s syncer.Session) string {
	if title := words.Plain(s.Title); title != "" {
		return title
	}
	return "session " + s.ID.Short()
}

// and names one or two machines, and counts more.
func and(machines []string) string { return words.Machines(machines, machineWidth) }

// ago says coarsely how long ago something was: a label that changes every second makes a panel draw the menu every
// second.
func ago(d time.Duration) string {
	if age := lasted(d); age != "now" {
		return age + " ago"
	}
	return "just now"
}

// lasted is a coarse duration. The clocks of two machines differ, so a negative one counts as now.
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
	return words.Count(int(d/day), "day")
}

// size writes a number of bytes for people.
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
