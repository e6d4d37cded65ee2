package words

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestLabelShowsOnlyWhatIsVisible(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "desktop", "desktop"},
		{"markup stays", "my_app & <b>%s</b>", "my_app & <b>%s</b>"},
		{"letters of any kind", "Grüße 日本 שלום किताब", "Grüße 日本 שלום किताब"},
		{"accents of their own", "cafe\u0301", "cafe\u0301"},
		{"emoji", "🚀 done", "🚀 done"},
		{"nothing", "", ""},
		{"white space is folded", "  a\t\r\n b\u00a0\u3000c\u0085d\u2028e\u2029  ", "a b c d e"},
		{"controls", "a\x00b\x1b[2Jc\x7fd\u009be", "ab[2Jcde"},
		{"direction overrides", "\u202egnp.exe\u202c", "gnp.exe"},
		{"direction isolates", "\u2066a\u2067b\u2068c\u2069", "abc"},
		{"direction marks", "a\u200eb\u200fc\u061cd", "abcd"},
		{"zero width", "desk\u200btop\u2060\ufeff", "desktop"},
		{"soft hyphen", "desk\u00adtop", "desktop"},
		{"Hangul fillers", "d\u3164e\u115fs\u1160k\uffa0", "desk"},
		{"grapheme joiner", "desk\u034ftop", "desktop"},
		{"Khmer vowels drawn as nothing", "a\u17b4\u17b5b", "ab"},
		{"Mongolian selectors", "a\u180b\u180eb", "ab"},
		{"blanks that are no spaces", "a\u2800b\u2d7f\U00013441\U00016fe4\U0001d159c", "abc"},
		{"variation selectors", "❤\ufe0f a\U000e0100", "❤ a"},
		{"joined emoji come apart", "👩\u200d💻 at work", "👩💻 at work"},
		{"tags", "a\U000e0041\U000e007f", "a"},
		{"private use", "a\ue000\U000f0000\U0010fffdb", "ab"},
		{"unassigned", "a\u0378\U000e0fffb", "ab"},
		{"noncharacters", "a\ufdd0\uffff\U0010ffffb", "ab"},
		{"not UTF-8", "caf\xe9 x\xff\xed\xa0\x80", "caf x"},
		{"replacement characters", "a\ufffdb\ufffc", "ab"},
		{"only invisible", " \u200b\u202e\u3164\n", ""},
		{"space around what goes", "a \u202e b", "a b"},
		{"a mark without a letter", "\u0338a \u0301b", "a b"},
		{"marks without end", "a" + strings.Repeat("\u0301", 500) + "b", "a" + strings.Repeat("\u0301", maxMarks) + "b"},
		{"40 fit", strings.Repeat("é", 40), strings.Repeat("é", 40)},
		{"41 do not", strings.Repeat("é", 41), strings.Repeat("é", 39) + "…"},
		{"a space is no 41st", strings.Repeat("x", 40) + " \n", strings.Repeat("x", 40)},
		{"no space before the ellipsis", strings.Repeat("x", 38) + " yyy", strings.Repeat("x", 38) + "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Label(c.in, 40); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestLabelHasNoRoomForNothing(t *testing.T) {
	for limit, want := range map[int]string{-1: "", 0: "", 1: "…", 2: "a…", 3: "abc"} {
		if got := Label("abc", limit); got != want {
			t.Errorf("%d characters: got %q, want %q", limit, got, want)
		}
	}
}

func TestPathShowsThatSomethingIsThere(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "app-x/1.ccsync", "app-x/1.ccsync"},
		{"spaces stay", " a  b\u3000c\u202fd ", " a  b\u3000c\u202fd "},
		{"controls", "evil/\x1b[2J\u202ex\n\xff.ccsync", "evil/\ufffd[2J\ufffdx\ufffd\ufffd.ccsync"},
		{"zero width", "a\u200b", "a\ufffd"},
		{"filler", "a\u3164", "a\ufffd"},
		{"line separator", "a\u2028b\u0085", "a\ufffdb\ufffd"},
		{"private use", "a\ue000", "a\ufffd"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Path(c.in); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTwoNamesNeverHaveOneLabel(t *testing.T) {
	long := strings.Repeat("x", 40)
	for name, names := range map[string][]string{
		"invisible":           {"desktop", "desk\u3164top", "desk\u200btop", "desk\ufefftop", "desk\u00adtop", "desk\ue000top", "desktop\n", " desktop"},
		"cut":                 {long, long + "1", long + "2"},
		"white space":         {"a b", "a  b", "a\u00a0b"},
		"composed in Unicode": {"caf\u00e9", "cafe\u0301"},
		"no name":             {"", "\u200b", "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			checkDistinct(t, names, 40)
		})
	}
}

func TestAVisibleNameIsItsOwnLabel(t *testing.T) {
	got := Distinct([]string{"desktop", "Ana's laptop", "desk\u3164top", ""}, 40)
	for name, want := range map[string]string{
		"desktop":       "desktop",
		"Ana's laptop":  "Ana's laptop",
		"desk\u3164top": "desktop #" + hashOf("desk\u3164top", 4),
		"":              "(no name) #" + hashOf("", 4),
	} {
		if got[name] != want {
			t.Errorf("%q: got %q, want %q", name, got[name], want)
		}
	}
}

func TestALabelWithAHashCannotBeTaken(t *testing.T) {
	hidden := "desk\u3164top"
	taken := Distinct([]string{hidden}, 40)[hidden]
	got := Distinct([]string{hidden, taken}, 40)
	if got[hidden] != taken || got[taken] == taken {
		t.Errorf("%q and %q are shown as %q and %q", hidden, taken, got[hidden], got[taken])
	}
}

func TestEqualHashesGrow(t *testing.T) {
	// The first two names whose hashes begin with the same four digits.
	first := map[string]string{}
	for n := 1; ; n++ {
		name := "a" + strings.Repeat("\u200b", n)
		hash := hashOf(name, 4)
		if other, ok := first[hash]; ok {
			checkDistinct(t, []string{name, other}, 40)
			return
		}
		first[hash] = name
	}
}

func checkDistinct(t *testing.T, names []string, limit int) {
	t.Helper()
	labels := Distinct(names, limit)
	owner := map[string]string{}
	for _, name := range names {
		label, ok := labels[name]
		look := norm.NFC.String(label)
		if other, twice := owner[look]; !ok || twice && other != name {
			t.Errorf("%q and %q have the label %q", other, name, label)
		}
		owner[look] = name
		if label == "" || Label(label, limit) != label {
			t.Errorf("%q has the label %q, which is no label", name, label)
		}
	}
	backwards := slices.Clone(names)
	slices.Reverse(backwards)
	if again := Distinct(append(backwards, names...), limit); !maps.Equal(again, labels) {
		t.Errorf("labels depend on the order: %q and %q", labels, again)
	}
}

func FuzzLabel(f *testing.F) {
	for _, s := range []string{"a \u202e b", "\u0338a \u0301b", "❤\ufe0f👩\u200d💻", "\xff\ufffd", strings.Repeat("x\u0301\u0302 ", 30), "\u3164\u2800"} {
		f.Add(s, 40)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		label := Label(s, limit)
		if again := Label(label, limit); again != label {
			t.Errorf("cleaned twice: got %q, want %q", again, label)
		}
		if n := utf8.RuneCountInString(label); n > max(limit, 0) {
			t.Errorf("%q has %d characters of %d", label, n, limit)
		}
		if !utf8.ValidString(label) || strings.ContainsFunc(label, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q is not printable", label)
		}
		if strings.Join(strings.Fields(label), " ") != label {
			t.Errorf("%q has spaces to fold", label)
		}
		path := Path(s)
		if again := Path(path); again != path || strings.ContainsFunc(path, func(r rune) bool { return !unicode.IsGraphic(r) }) {
			t.Errorf("%q became the path %q, and that %q", s, path, again)
		}
		if utf8.RuneCountInString(path) != utf8.RuneCountInString(s) {
			t.Errorf("%q became %q: a character is gone", s, path)
		}
	})
}

func FuzzDistinct(f *testing.F) {
	f.Add("desktop\ndesk\u3164top\ndesktop #9c1d\n\n\u200b\ncafe\u0301\ncaf\u00e9", 40)
	f.Add(strings.Repeat("x", 40)+"1\n"+strings.Repeat("x", 40)+"2", 16)
	f.Fuzz(func(t *testing.T, lines string, limit int) {
		checkDistinct(t, strings.Split(lines, "\n"), min(max(limit, 16), 200))
	})
}
