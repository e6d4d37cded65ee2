package panel

import (
	"strings"
	"unicode/utf16"

	"claude-sync/syncer/words"
)

const (
	// longestLabel is in runes. No panel shortens a label: with 360 runes a menu is as wide as the screen.
	longestLabel = 120
	// longestTooltip is in UTF-16 units. Windows takes 128 with a zero at the end, and the tray library forgets
	// the zero.
	longestTooltip = 126
)

// oneLine makes a text safe for every menu: valid UTF-8, because D-Bus drops a whole menu for one wrong byte; no control
// characters, because on Windows a zero byte ends a label and a tab begins a column; and not too long.
func oneLine(s string) string { return words.Label(s, longestLabel) }

// tooltip makes a text safe for every tooltip. It cuts between runes, so that an escaped mark keeps both halves.
func tooltip(s string) string {
	s = oneLine(s)
	if escaped := escapeTooltip(s); units(escaped) <= longestTooltip {
		return escaped
	}
	var cut strings.Builder
	room := longestTooltip - units("…")
	for _, r := range s {
		mark := escapeTooltip(string(r))
		if room -= units(mark); room < 0 {
			break
		}
		cut.WriteString(mark)
	}
	return cut.String() + "…"
}

// units is the length of s in UTF-16 units.
func units(s string) int { return len(utf16.Encode([]rune(s))) }

// doubled writes every mark twice. Menus show such a pair as one mark; a single mark would underline the next letter.
func doubled(s, mark string) string { return strings.ReplaceAll(s, mark, mark+mark) }
