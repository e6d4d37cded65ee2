package menu

import (
	"strings"
	"testing"
	"time"

	"claude-sync/syncer"
)

func TestTextIsOneVisibleLine(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain":               {"Fix login bug", "Fix login bug"},
		"nothing":             {"", "(no name)"},
		"only spaces":         {" \t\n ", "(no name)"},
		"only invisible":      {"\u200b\u202e\u3164\ufeff", "(no name)"},
		"newline and tab":     {"a\nb\tc\r\nd", "a b c d"},
		"control characters":  {"a\x00b\x1b[31mc\x7f", "ab[31mc"},
		"right-to-left":       {"abc\u202egpj.exe\u202c", "abcgpj.exe"},
		"isolates":            {"\u2066a\u2069", "a"},
		"not UTF-8":           {"caf\xe9 x\xff", "caf x"},
		"replacement":         {"a\ufffdb", "ab"},
		"line separators":     {"a\u2028b\u2029c", "a b c"},
		"no-break space":      {"a\u00a0b", "a b"},
		"tags":                {"a\U000e0041", "a"},
		"private use":         {"a\ue000", "a"},
		"underscores stay":    {"my_app & <b>", "my_app & <b>"},
		"letters of any kind": {"Grüße 日本 שלום", "Grüße 日本 שלום"},
	} {
		if got := text(c.in, 40); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestShortenKeepsBothEnds(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"", 5, ""},
		{"abcde", 5, "abcde"},
		{"abcdef", 5, "ab…ef"},
		{"abcdefgh", 6, "abc…gh"},
		{"äöüßéèê", 3, "ä…ê"},
		{"/home/ana/code/deep/down/myapp", 20, "/home/ana/…own/myapp"},
	} {
		if got := shorten(c.in, c.width); got != c.want {
			t.Errorf("shorten(%q, %d): got %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestAgesAreCoarse(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour: "just now", 0: "just now", 59 * time.Second: "just now",
		time.Minute: "1 min ago", 90 * time.Second: "1 min ago", 59 * time.Minute: "59 min ago",
		time.Hour: "1 h ago", 23 * time.Hour: "23 h ago", 24 * time.Hour: "1 day ago", 72 * time.Hour: "3 days ago",
	} {
		if got := ago(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

func TestManyMachinesAreCounted(t *testing.T) {
	for want, in := range map[string][]string{
		"another machine": nil, "laptop": {"laptop"}, "laptop and mini": {"laptop", "mini"}, "3 machines": {"a", "b", "c"},
		"(no name)": {"\n"},
	} {
		if got := and(in); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestSizesAreForPeople(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1000: "1 kB", 999_999: "999 kB", 1_500_000: "1.5 MB"} {
		if got := size(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestLinesBreakAtSpacesAndEnd(t *testing.T) {
	if got := lines(""); got != nil {
		t.Errorf("got %q, want none", got)
	}
	long := lines(strings.Repeat("some words ", 60))
	if len(long) != 3 || !strings.HasSuffix(long[2], " …") {
		t.Errorf("got %q, want three lines, the last one cut", long)
	}
	for _, in := range []string{strings.Repeat("x", 400), strings.Repeat("some words ", 60)} {
		for _, line := range lines(in) {
			checkText(t, line, labelWidth)
		}
	}
}

func TestASessionWithoutTitleShowsItsNumber(t *testing.T) {
	for want, title := range map[string]string{"Fix it": "Fix it", "session 00000005": " \u200b"} {
		if got := titleOf(syncer.Session{ID: sessionID(5), Title: title}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWorkSaysHowFarItIs(t *testing.T) {
	at := func(step, steps int, bytes int64) syncer.Progress {
		return syncer.Progress{Step: step, Steps: steps, Label: "myapp", Bytes: bytes}
	}
	for want, w := range map[string]Busy{
		"Pulling…":                            {Verb: Pull},
		"Pulling 3 of 12 · 40 %":              {Verb: Pull, Progress: at(3, 12, 9), Percent: 40},
		"Pulling 3 of 12 · 16 %":              {Verb: Pull, Progress: at(3, 12, 9)},
		"Pushing 1 of 12":                     {Verb: Push, Progress: at(1, 12, 9)},
		"Pushing 2 of 2 · 100 %":              {Verb: Push, Progress: at(2, 2, 9), Percent: 130},
		"Pushing myapp · 12.5 MB":             {Verb: Push, Progress: at(1, 1, 12_500_000)},
		"Pushing myapp · 7 %":                 {Verb: Push, Progress: at(1, 1, 12_500_000), Percent: 7},
		"Resolving myapp":                     {Verb: TakeOurs, Progress: at(1, 1, 0)},
		"Looking…":                            {Verb: LookAgain},
		"Searching…":                          {Verb: Locate},
		"Working…":                            {Verb: Forget},
		"Stopping after the session in hand…": {Verb: Pull, Progress: at(3, 12, 9), Stopping: true},
	} {
		if got := w.words(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
