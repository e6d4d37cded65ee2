package panel

import (
	"strings"
	"testing"
	"unicode/utf16"
)

func TestAnAmpersandIsNoAccessKey(t *testing.T) {
	if got := escapeLabel("R&D_app"); got != "R&&D_app" {
		t.Errorf("label: got %q", got)
	}
	if got := tooltip("R&D"); got != "R&&D" {
		t.Errorf("tooltip: got %q", got)
	}
	long := utf16.Encode([]rune(tooltip(strings.Repeat("&", 100))))
	if len(long) > 126 || strings.Count(string(utf16.Decode(long)), "&")%2 != 0 {
		t.Errorf("a long tooltip: got %d units, %q", len(long), string(utf16.Decode(long)))
	}
}
