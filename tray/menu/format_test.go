package menu

import (
	"strings"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
)

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
		"Pulling…":                            {Verb: command.Pull},
		"Pulling 3 of 12 · 16 %":              {Verb: command.Pull, Progress: at(3, 12, 9)},
		"Pushing 1 of 12":                     {Verb: command.Push, Progress: at(1, 12, 9)},
		"Pushing 2 of 2 · 50 %":               {Verb: command.Push, Progress: at(2, 2, 9)},
		"Pushing myapp · 12.5 MB":             {Verb: command.Push, Progress: at(1, 1, 12_500_000)},
		"Resolving myapp":                     {Verb: command.TakeOurs, Progress: at(1, 1, 0)},
		"Working…":                            {Verb: command.Forget},
		"Stopping after the session in hand…": {Verb: command.Pull, Progress: at(3, 12, 9), Stopping: true},
	} {
		if got := w.words(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
