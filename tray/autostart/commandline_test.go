package autostart

import (
	"slices"
	"strings"
	"testing"
)

func TestCommandLineIsQuotedAsWindowsReadsIt(t *testing.T) {
	const p = `C:\Program Files\claude-sync.exe`
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"alone", []string{p}, `"` + p + `"`},
		{"plain", []string{p, "tray"}, `"` + p + `" tray`},
		{"space", []string{p, "a b"}, `"` + p + `" "a b"`},
		{"empty", []string{p, ""}, `"` + p + `" ""`},
		{"quote", []string{p, `a"b`}, `"` + p + `" "a\"b"`},
		{"backslash", []string{p, `a\b\`}, `"` + p + `" a\b\`},
		{"backslashes before a quote", []string{p, `a\\"b`}, `"` + p + `" "a\\\\\"b"`},
		{"backslash before the end", []string{p, `a b\`}, `"` + p + `" "a b\\"`},
	} {
		got, err := composeCommandLine(c.args)
		if err != nil || got != c.want {
			t.Errorf("%s: got %s, error %v, want %s", c.name, got, err, c.want)
		}
		if back := parseCommandLine(got); !slices.Equal(back, c.args) {
			t.Errorf("%s: got back %q, want %q", c.name, back, c.args)
		}
	}
}

func TestCommandLineIsReadAsOthersWriteIt(t *testing.T) {
	for _, c := range []struct {
		line string
		want []string
	}{
		{``, []string{""}},
		{`C:\a.exe`, []string{`C:\a.exe`}},
		{`C:\a.exe  x	y `, []string{`C:\a.exe`, "x", "y"}},
		{`"C:\a b.exe`, []string{`C:\a b.exe`}},
		{`"C:\a.exe" --x="y z"w`, []string{`C:\a.exe`, "--x=y zw"}},
		{`a "b""c" d`, []string{"a", `b"c`, "d"}},
		{`a \\\"b \\"c d\\"`, []string{"a", `\"b`, `\c d\`}},
		{`a "open`, []string{"a", "open"}},
	} {
		if got := parseCommandLine(c.line); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.line, got, c.want)
		}
	}
}

func TestCommandLineRefusesWhatWindowsCannotRun(t *testing.T) {
	if _, err := composeCommandLine([]string{`C:\a"b.exe`}); err == nil || !strings.Contains(err.Error(), `C:\a"b.exe`) {
		t.Errorf("got %v, want an error that shows the path as it is", err)
	}
	long := []string{"C:\\" + strings.Repeat("\u00fc", maxCommandLine-5)}
	if _, err := composeCommandLine(long); err != nil {
		t.Errorf("a line of just %d characters: %v", maxCommandLine, err)
	}
	if _, err := composeCommandLine(append(long, "x")); err == nil {
		t.Error("took a line that is too long")
	}
}

func TestTaskManagersSwitchIsTheFirstByte(t *testing.T) {
	for _, c := range []struct {
		value []byte
		want  bool
	}{
		{nil, true}, {[]byte{}, true}, {[]byte{2, 0, 0, 0}, true}, {[]byte{6}, true}, {[]byte{3, 0, 0, 0, 1, 2}, false}, {[]byte{7}, false}, {[]byte{1}, false},
	} {
		if got := approved(c.value); got != c.want {
			t.Errorf("% x: got %v, want %v", c.value, got, c.want)
		}
	}
}

// crtArg reads one quoted argument by the rules of the C runtime, told the other way round: of each run
// of backslashes, then the character after it.
func crtArg(s string) string {
	out, quoted := "", false
	for s != "" {
		rest := strings.TrimLeft(s, `\`)
		n := len(s) - len(rest)
		if rest == "" || rest[0] != '"' {
			out += s[:n]
			if rest != "" {
				if !quoted && (rest[0] == ' ' || rest[0] == '\t') {
					return out
				}
				out, rest = out+rest[:1], rest[1:]
			}
			s = rest
			continue
		}
		out += strings.Repeat(`\`, n/2)
		if n%2 == 1 {
			out += `"`
		} else {
			quoted = !quoted
		}
		s = rest[1:]
	}
	return out
}

func FuzzCommandLineIsReadBack(f *testing.F) {
	for _, a := range nasty() {
		f.Add(a, "x")
		f.Add("x", a)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if got := crtArg(quoteArg(a)); got != a {
			t.Errorf("the C runtime reads %q, want %q", got, a)
		}
		args := []string{`C:\p.exe`, a, b}
		line, err := composeCommandLine(args)
		if err != nil {
			return // too long
		}
		if got := parseCommandLine(line); !slices.Equal(got, args) {
			t.Errorf("got %q, want %q, by %s", got, args, line)
		}
	})
}

func FuzzParseCommandLine(f *testing.F) {
	f.Add(`"C:\a b.exe" "x""y" \\\"z`)
	f.Fuzz(func(t *testing.T, line string) {
		args := parseCommandLine(line)
		if len(args) == 0 {
			t.Fatalf("%q: no program", line)
		}
		again, err := composeCommandLine(args)
		if err != nil {
			return // a quote in the program, or too long
		}
		if got := parseCommandLine(again); !slices.Equal(got, args) {
			t.Errorf("got %q, want %q", got, args)
		}
	})
}
