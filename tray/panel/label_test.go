package panel

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestOneLineIsSafeForEveryMenu(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain", "my_app & <b>", "my_app & <b>"},
		{"control characters", "a\x00b\nc\td\u0085", "ab c d"},
		{"not UTF-8", "bad \xff\xfe bytes", "bad bytes"},
		{"directions and fillers", "\u202egnp\u3164.exe", "gnp.exe"},
		{"other scripts", "ünïcode 日本 🙂", "ünïcode 日本 🙂"},
		{"as long as may be", strings.Repeat("é", longestLabel), strings.Repeat("é", longestLabel)},
		{"too long", strings.Repeat("é", longestLabel+1), strings.Repeat("é", longestLabel-1) + "…"},
		{"nothing", "", ""},
	} {
		if got := oneLine(c.text); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestMarksAreDoubledForTheSystem(t *testing.T) {
	for _, c := range []struct{ text, mark, want string }{
		{"my_app", "_", "my__app"}, {"a__b_", "_", "a____b__"}, {"R&D", "&", "R&&D"}, {"none", "_", "none"},
	} {
		if got := doubled(c.text, c.mark); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func FuzzLabelsAndTooltipsAreSafe(f *testing.F) {
	f.Add("claude-sync: 2 to pull")
	f.Add(strings.Repeat("🙂", 100))
	f.Add("\xff\x00\xed\xa0\x80" + strings.Repeat("&_", 90))
	f.Fuzz(func(t *testing.T, s string) {
		tip, label := tooltip(s), oneLine(s)
		if n := len(utf16.Encode([]rune(tip))); n > longestTooltip {
			t.Errorf("got a tooltip of %d units, want %d at most", n, longestTooltip)
		}
		if n := utf8.RuneCountInString(label); n > longestLabel {
			t.Errorf("got a label of %d runes, want %d at most", n, longestLabel)
		}
		for _, got := range []string{tip, label} {
			if !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\n\t") {
				t.Errorf("got %q", got)
			}
		}
	})
}
