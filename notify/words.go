package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"

	"claude-sync/syncer"
)

const (
	titleWidth = 60
	nameWidth  = 40
)

// plain makes one line of visible text out of anything: names and titles come from other machines. The
// menu has the same rule; it is written twice because the faces don't know each other.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar, unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// short cuts the middle out of long text, and gives nothing a name.
func short(s string, width int) string {
	runes := []rune(plain(s))
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

// count puts a number before a noun with a regular plural.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// and joins machines as people do.
func and(machines []string) string {
	switch len(machines) {
	case 0:
		return "another machine"
	case 1:
		return short(machines[0], nameWidth)
	case 2:
		return short(machines[0], nameWidth) + " and " + short(machines[1], nameWidth)
	}
	return count(len(machines), "machine")
}

// titled is a session's title in quotes.
func titled(s syncer.Session) string {
	if plain(s.Title) == "" {
		return "session " + s.ID.Short()
	}
	return "'" + short(s.Title, nameWidth) + "'"
}

// listed names the first few and counts the others.
func listed(names []string) string {
	const shown = 3
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}

// fit bounds a key or a fingerprint. What is too long is told apart by its hash.
func fit(s string) string {
	if len(s) <= maxKey && s == strings.ToValidUTF8(s, "") {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return strings.ToValidUTF8(s[:min(len(s), maxKey/2)], "") + " " + hex.EncodeToString(sum[:8])
}

// hash is a short fingerprint: whether something changed, not what.
func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:12])
}
