package claude

import (
	"os"
	"strings"
	"testing"
)

func TestSameStartInEveryNotation(t *testing.T) {
	const fileTime, ticks = "133500000000000000", "638411232000000000" // the same moment, from 1601 and from 1
	for _, c := range []struct {
		name, recorded, actual string
		want                   bool
	}{
		{"Linux, same", "223738", "223738", true},
		{"Linux, another", "223738", "223739", false},
		{"macOS, padded day", "Thu May  4 12:00:00 2026", "Thu May 4 12:00:00 2026", true},
		{"macOS, another second", "Thu May  4 12:00:00 2026", "Thu May  4 12:00:01 2026", false},
		{"Windows, same", fileTime, fileTime, true},
		{"Windows, .NET ticks", ticks, fileTime, true},
		{"Windows, .NET ticks rounded", "638411231999999995", fileTime, true},
		{"Windows, .NET ticks of Nepal", "638411438999999995", fileTime, true},
		{"Windows, .NET ticks of New York", "638411052000000000", fileTime, true},
		{"Windows, a second later", "638411232010000000", fileTime, false},
		{"Windows, a day later", "638412096000000000", fileTime, false},
		{"not recorded", "", "223738", false},
		{"not told", "223738", "", false},
		{"neither", "", "", false},
		{"garbage", "soon", "223738", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := sameStart(c.recorded, c.actual); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestStatIsReadBehindTheName(t *testing.T) {
	const rest = " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 223738 20 21"
	for _, c := range []struct {
		name, stat, want string
		ended            bool
	}{
		{"plain", "7 (claude) S" + rest, "223738", false},
		{"spaces and parentheses", "7 (a) Z 1 (b) R (c) S" + rest, "223738", false},
		{"zombie", "7 (claude) Z" + rest, "223738", true},
		{"dead", "7 (claude) X" + rest, "223738", true},
		{"short", "7 (claude) S 1 2 3", "", false},
		{"empty", "", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, ended := parseStat(c.stat); got != c.want || ended != c.ended {
				t.Errorf("got %q, %v, want %q, %v", got, ended, c.want, c.ended)
			}
		})
	}
}

func TestPSLineIsStateAndStart(t *testing.T) {
	for _, c := range []struct {
		name, line, want string
		ended            bool
	}{
		{"running", "S+   Thu May  4 12:00:00 2026    \n", "Thu May 4 12:00:00 2026", false},
		{"zombie", "Z    Thu May  4 12:00:00 2026\n", "Thu May 4 12:00:00 2026", true},
		{"nothing", "\n", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, ended := parsePS(c.line); got != c.want || ended != c.ended {
				t.Errorf("got %q, %v, want %q, %v", got, ended, c.want, c.ended)
			}
		})
	}
}

func TestProcessIsKnownByItsStart(t *testing.T) {
	first, start := running(t)
	if again, alive := processStart(first); !alive || again != start {
		t.Errorf("asked twice: got %q, %v, want %q", again, alive, start)
	}
	if own, alive := processStart(os.Getpid()); !alive || own == "" {
		t.Errorf("this process: got %q, %v", own, alive)
	}
	if got, alive := processStart(deadPID(t)); alive {
		t.Errorf("an ended process: got %q, alive", got)
	}
}

func TestPIDDomainNamesTheOS(t *testing.T) {
	if got := pidDomain(); !strings.Contains(got, ":") || !sameDomain(got) || sameDomain("beos:x") {
		t.Errorf("got %q", got)
	}
}
