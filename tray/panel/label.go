package panel

import (
	"strings"
	"unicode"
	"unicode/utf16"
)

const (
	// longestLabel is in runes. No panel shortens labels: one of 360 makes a menu as wide as the screen.
	longestLabel = 120
	// longestTooltip is in UTF-16 units. Windows takes 128 with the zero at the end, which the tray
	// library forgets.
	longestTooltip = 126
)

// oneLine makes a text safe for every menu: valid UTF-8 (one wrong byte, and D-Bus drops the whole menu),
// without control characters (a zero byte ends it on Windows, a tab is a column there), and not too long.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if runes := []rune(s); len(runes) > longestLabel {
		return string(runes[:longestLabel-1]) + "…"
	}
	return s
}

// tooltip makes a text safe for every tooltip. It is cut between runes, so that no escaped mark loses its
// second half.
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

// units is the length in UTF-16 units.
func units(s string) int { return len(utf16.Encode([]rune(s))) }

// doubled writes every mark twice, which menus show once: alone it would underline the next letter.
func doubled(s, mark string) string { return strings.ReplaceAll(s, mark, mark+mark) }
