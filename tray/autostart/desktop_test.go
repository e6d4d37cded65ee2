package autostart

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDesktopEntryIsWrittenSo(t *testing.T) {
	got, err := composeDesktop(entry("/opt/my apps/claude-sync", "tray", "50%", `a\b"c`))
	must(t, err)
	want := `[Desktop Entry]
Type=Application
Name=claude-sync
Comment=Carries sessions
Icon=claude-sync
TryExec=/opt/my apps/claude-sync
Exec="/opt/my apps/claude-sync" tray 50%% "a\\\\b\\"c"
Terminal=false
StartupNotify=false
X-GNOME-Autostart-enabled=true
`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDesktopRefusesAPathThatGlibCannotStart(t *testing.T) {
	if _, err := composeDesktop(entry("/opt/100%/claude-sync")); err == nil {
		t.Error("took a path with %")
	}
}

func TestDesktopIsReadAsOthersWriteIt(t *testing.T) {
	const head = "[Desktop Entry]\n"
	for _, c := range []struct {
		name, text string
		state      State
		exec       []string
	}{
		{"plain", head + "Exec=/a b\n", On, []string{"/a", "b"}},
		{"no newline at the end", head + "Exec=/a", On, []string{"/a"}},
		{"spaces around and comments", "# hi\n\n" + head + " Exec = /a \n#Exec=/b\n", On, []string{"/a"}},
		{"windows line ends", "[Desktop Entry]\r\nExec=/a\r\nHidden=true\r\n", SwitchedOff, []string{"/a"}},
		{"hidden", head + "Hidden=true\nExec=/a\n", SwitchedOff, []string{"/a"}},
		{"not hidden", head + "Hidden=false\nExec=/a\n", On, []string{"/a"}},
		{"gnome off", head + "Exec=/a\nX-GNOME-Autostart-enabled=false\n", SwitchedOff, []string{"/a"}},
		{"gnome on", head + "Exec=/a\nX-GNOME-Autostart-enabled=true\n", On, []string{"/a"}},
		{"later value wins", head + "Exec=/a\nHidden=false\nHidden=true\n", SwitchedOff, []string{"/a"}},
		{"other group's keys", head + "Exec=/a\n[Desktop Action x]\nExec=/b\nHidden=true\n", On, []string{"/a"}},
		{"placeholders go", head + "Exec=/a %U --x=%f 5%%\n", On, []string{"/a", "--x=", "5%"}},
		{"quotes inside a word", head + `Exec=/a x"y z"w` + "\n", On, []string{"/a", "xy zw"}},
		{"all escapes", head + `Exec="/a\sb" \t "\\\\\\$"` + "\n", On, []string{"/a b", `\$`}},
		{"empty argument", head + `Exec=/a "" b` + "\n", On, []string{"/a", "", "b"}},
		{"a percent sign at the end", head + "Exec=/a b%\n", On, []string{"/a", "b"}},
	} {
		got, err := parseDesktop([]byte(c.text))
		if err != nil || got.State != c.state || !slices.Equal(got.Exec, c.exec) {
			t.Errorf("%s: got %s %q, error %v, want %s %q", c.name, got.State, got.Exec, err, c.state, c.exec)
		}
	}
}

func TestDesktopThatStartsNothingIsAnError(t *testing.T) {
	for name, text := range map[string]string{
		"empty":            "",
		"no group":         "Exec=/a\n",
		"no exec":          "[Desktop Entry]\nName=x\n",
		"only placeholder": "[Desktop Entry]\nExec=%U\n",
		"open quote":       "[Desktop Entry]\nExec=\"/a\n",
		"lone backslash":   "[Desktop Entry]\nExec=/a\\",
		"unknown escape":   "[Desktop Entry]\nExec=/a\\x\n",
	} {
		if got, err := parseDesktop([]byte(text)); err == nil {
			t.Errorf("%s: got %s %q, want an error", name, got.State, got.Exec)
		}
	}
}

// glibExec reads Exec as glib does (gkeyfile.c, gdesktopappinfo.c, gshell.c), which is another way than
// parseDesktop's: placeholders are resolved before the quotes, and the quotes are a shell's.
func glibExec(text string) ([]string, error) {
	_, rest, _ := strings.Cut(text, "\nExec=")
	value, _, _ := strings.Cut(rest, "\n")
	value = strings.TrimLeft(value, " \t")
	value = strings.NewReplacer(`\\`, `\`, `\s`, " ", `\n`, "\n", `\t`, "\t", `\r`, "\r").Replace(value)
	var line strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] == '%' {
			if i++; i == len(value) || value[i] != '%' {
				return nil, errors.New("placeholder")
			}
		}
		line.WriteByte(value[i])
	}
	return shellWords(line.String())
}

// shellWords splits as g_shell_parse_argv does.
func shellWords(s string) ([]string, error) {
	var words []string
	var word []byte
	started := false
	var quote byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote == '\'' && c != '\'', quote == '"' && c != '"' && c != '\\':
			word = append(word, c)
		case quote == '"' && c == '\\':
			if i+1 < len(s) && strings.IndexByte("$`\"\\\n", s[i+1]) >= 0 {
				i++
			}
			word = append(word, s[i])
		case quote != 0:
			quote = 0
		case c == '\'' || c == '"':
			quote, started = c, true
		case c == '\\' && i+1 < len(s):
			i++
			word, started = append(word, s[i]), true
		case c == ' ' || c == '\t' || c == '\n':
			if started {
				words = append(words, string(word))
			}
			word, started = nil, false
		case c == '#' && !started:
			return nil, errors.New("comment")
		default:
			word, started = append(word, c), true
		}
	}
	if quote != 0 {
		return nil, errors.New("open quote")
	}
	if started {
		words = append(words, string(word))
	}
	return words, nil
}

func FuzzDesktopQuotingIsReadBackByOthers(f *testing.F) {
	for _, a := range nasty() {
		f.Add(a, "x")
		f.Add("x", a)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		e := Entry{ID: "x", Name: a, Comment: b, Icon: a, Exec: []string{"/p", a, b}}
		s := New("x", "")
		storable := utf8.ValidString(a) && utf8.ValidString(b) && !strings.ContainsFunc(a+b, forbidden)
		if err := checkHere(s, e); (err == nil) != storable {
			t.Fatalf("%q: got error %v, storable %v", e.Exec, err, storable)
		}
		if !storable {
			return
		}
		text, err := composeDesktop(e)
		must(t, err)
		if n := strings.Count(string(text), "\n"); n != 8+min(1, len(a))+min(1, len(b)) {
			t.Errorf("%d lines: a value broke out of its own:\n%s", n, text)
		}
		keys, err := desktopKeys(string(text))
		must(t, err)
		if name, err := unescapeValue(keys["Name"]); err != nil || name != a {
			t.Errorf("got name %q, error %v, want %q", name, err, a)
		}
		got, err := glibExec(string(text))
		if err != nil || !slices.Equal(got, e.Exec) {
			t.Errorf("glib: got %q, error %v, want %q", got, err, e.Exec)
		}
		st, err := parseDesktop(text)
		if err != nil || st.State != On || !slices.Equal(st.Exec, e.Exec) {
			t.Errorf("got %s %q, error %v, want %q", st.State, st.Exec, err, e.Exec)
		}
	})
}

// checkHere checks the entry with a program path that is absolute on this system too.
func checkHere(s Switch, e Entry) error {
	e.Exec = slices.Concat([]string{abs("/p")}, e.Exec[1:])
	return s.check(e)
}

func FuzzParseDesktop(f *testing.F) {
	f.Add("[Desktop Entry]\nExec=\"/a b\" %U x%%\nHidden=true\n")
	f.Add("[Desktop Entry]\nExec=/a\\\\\\s\\;\n")
	f.Fuzz(func(t *testing.T, text string) {
		st, err := parseDesktop([]byte(text))
		if err != nil || strings.Contains(st.Program(), "%") {
			return
		}
		if st.State == Off || st.Program() != st.Exec[0] {
			t.Errorf("got %s %q", st.State, st.Exec)
		}
		again, err := composeDesktop(Entry{Exec: st.Exec})
		must(t, err)
		if got, err := parseDesktop(again); err != nil || !slices.Equal(got.Exec, st.Exec) {
			t.Errorf("got %q, error %v, want %q", got.Exec, err, st.Exec)
		}
	})
}
