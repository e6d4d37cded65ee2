package menu

import (
	"fmt"
	"strings"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/words"
)

// No host shortens a label: one of 360 characters makes a menu as wide as the screen.
const (
	labelWidth   = 72 // the longest sentence of ours has 70
	tooltipWidth = 60 // Windows cuts at 127 UTF-16 units, and a character may take two
	projectWidth = 36
	titleWidth   = 32
	machineWidth = 20
)

// around puts a title between two texts and gives it the room that they leave.
func around(before, title, after string) string {
	room := labelWidth - len([]rune(before)) - len([]rune(after)) - 2
	return before + "'" + words.Short(title, max(titleWidth/2, room)) + "'" + after
}

// lines breaks s at spaces into at most three labels.
func lines(s string) []string {
	const most, cut = 3, " …"
	const width = labelWidth - 2 // of cut
	var all []string
	// A word that is longer than a line (a path) gets one of its own, with its middle cut out.
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

// titleOf is what people call a session.
func titleOf(s syncer.Session) string {
	if title := words.Plain(s.Title); title != "" {
		return title
	}
	return "session " + s.ID.Short()
}

// and joins machines as people do.
func and(machines []string) string { return words.Machines(machines, machineWidth) }

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
	return words.Count(int(d/day), "day")
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
