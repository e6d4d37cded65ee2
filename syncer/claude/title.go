package claude

import (
	"bytes"
	"strings"
	"unicode"
)

// titleLimit is how many characters of a title people get to see.
const titleLimit = 80

// cleanTitle makes text from a transcript fit to be shown in a menu, a terminal or a notification: without
// control characters and without those that turn the writing direction (they can make a title read as
// something else), white space collapsed, at most 80 characters, the last of them an ellipsis where
// something was cut. Cleaning twice changes nothing.
func cleanTitle(s string) string {
	kept := make([]rune, 0, titleLimit+1)
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = len(kept) > 0
			continue
		case invisible(r):
			continue
		case space:
			kept, space = append(kept, ' '), false
		}
		// Prompts can be megabytes; what follows the first character too many cannot matter.
		if kept = append(kept, r); len(kept) > titleLimit {
			return strings.TrimRight(string(kept[:titleLimit-1]), " ") + "…"
		}
	}
	return string(kept)
}

// invisible leaves the joiners in, of which many emoji are made.
func invisible(r rune) bool {
	return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r) || r == '\ufeff'
}

// IsTitleRow reports whether a line is the row by which a person named the session.
func IsTitleRow(line []byte) bool {
	// Nearly no row is one, and taking a row apart costs a hundred times this.
	if !bytes.Contains(line, []byte(`"custom-title"`)) {
		return false
	}
	r := readRow(line)
	return r.kind == "custom-title" && r.customTitle != ""
}
