package autostart

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// nasty are texts that one desktop's quoting or another's trips over.
func nasty() []string {
	return []string{
		"two words", "", `say "hi"`, "it's", `back\slash`, `ends in \`, `\\server\share`, "`id`", "$HOME", "$(id)", "100%",
		"%f", "%%U", "~", "#no comment", "a;b", "a&b|c", "<in >out", "*?[x]", "(sub)", "tab\tnew\nline", " \u00fc\u65e5\u672c\u00a0 ",
	}
}

// program makes a file that can stand for a program.
func program(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func entry(exec ...string) Entry {
	return Entry{ID: "claude-sync", Name: "claude-sync", Comment: "Carries sessions", Exec: exec, Icon: "claude-sync"}
}

// must ends the test at an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantStatus checks what s says.
func wantStatus(t *testing.T, s Switch, state State, exec ...string) {
	t.Helper()
	got, err := s.Status()
	must(t, err)
	if got.State != state || !slices.Equal(got.Exec, exec) {
		t.Errorf("got %s %q, want %s %q", got.State, got.Exec, state, exec)
	}
	if len(exec) > 0 && got.Program() != exec[0] {
		t.Errorf("got program %q, want %q", got.Program(), exec[0])
	}
}

func TestEnableDisableAndBack(t *testing.T) {
	s := New("claude-sync", testRoot(t))
	p := program(t, "claude-sync")
	wantStatus(t, s, Off)
	must(t, s.Disable()) // nothing there is no error
	for range 2 {
		must(t, s.Enable(entry(p, "tray", "two words")))
		must(t, s.Enable(entry(p, "tray", "two words")))
		wantStatus(t, s, On, p, "tray", "two words")
		must(t, s.Disable())
		wantStatus(t, s, Off)
	}
}

func TestStatusGivesBackWhatWasEnabled(t *testing.T) {
	s := New("claude-sync", testRoot(t))
	p := program(t, "claude-sync")
	for _, arg := range nasty() {
		must(t, s.Enable(entry(p, arg, "last")))
		wantStatus(t, s, On, p, arg, "last")
	}
}

func TestSwitchedOffElsewhereIsSeenAndOnlyEnableUndoesIt(t *testing.T) {
	root := testRoot(t)
	for name, off := range switchedOffElsewhere() {
		t.Run(name, func(t *testing.T) {
			s := New("claude-sync", root)
			gone := filepath.Join(t.TempDir(), "gone")
			must(t, s.Enable(entry(gone)))
			off(t, root, "claude-sync")
			wantStatus(t, s, SwitchedOff, gone)

			here := program(t, "claude-sync")
			if changed, err := s.Repair(entry(here)); changed || err != nil {
				t.Errorf("repair: got %v, error %v, want nothing done", changed, err)
			}
			wantStatus(t, s, SwitchedOff, gone)
			must(t, s.Enable(entry(here)))
			wantStatus(t, s, On, here)
		})
	}
}

func TestRepairRewritesOnlyAnEntryWhoseProgramHasGone(t *testing.T) {
	here, other := program(t, "here"), program(t, "other")
	gone := filepath.Join(t.TempDir(), "gone")
	for _, c := range []struct {
		name    string
		before  []string // nil: off
		current []string
		changed bool
	}{
		{"off", nil, []string{here}, false},
		{"same program", []string{here, "tray"}, []string{here}, false},
		{"another copy that is there", []string{other}, []string{here}, false},
		{"program moved", []string{gone, "tray"}, []string{here, "tray"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := New("claude-sync", testRoot(t))
			want := c.before
			if c.before != nil {
				must(t, s.Enable(entry(c.before...)))
			}
			changed, err := s.Repair(entry(c.current...))
			if err != nil || changed != c.changed {
				t.Fatalf("got %v, error %v, want %v", changed, err, c.changed)
			}
			if c.changed {
				want = c.current
			}
			got, err := s.Status()
			if err != nil || !slices.Equal(got.Exec, want) {
				t.Errorf("got %q, error %v, want %q", got.Exec, err, want)
			}
		})
	}
}

func TestRepairSaysWhyItCouldNot(t *testing.T) {
	s := New("claude-sync", testRoot(t))
	gone := filepath.Join(t.TempDir(), "gone")
	must(t, s.Enable(entry(gone)))
	if changed, err := s.Repair(entry("relative")); changed || err == nil {
		t.Errorf("got %v, error %v, want an error", changed, err)
	}
	wantStatus(t, s, On, gone)
}

func TestANameWithoutAFolderIsNotGone(t *testing.T) {
	if gone("claude-sync") {
		t.Error("a name that PATH may hold counts as gone")
	}
}

func TestEnableRefusesWhatNoDesktopCanStore(t *testing.T) {
	p := program(t, "claude-sync")
	for _, c := range []struct {
		name string
		id   string
		e    Entry
		want string
	}{
		{"no program", "claude-sync", entry(), "no absolute program path"},
		{"relative program", "claude-sync", entry("./claude-sync"), "no absolute program path"},
		{"other id", "claude-sync", Entry{ID: "other", Exec: []string{p}}, `id "other"`},
		{"id that leaves the folder", "../evil", Entry{ID: "../evil", Exec: []string{p}}, "is no id"},
		{"hidden id", ".evil", Entry{ID: ".evil", Exec: []string{p}}, "is no id"},
		{"no id", "", Entry{Exec: []string{p}}, "is no id"},
		{"null character", "claude-sync", entry(p, "a\x00b"), "no desktop can store"},
		{"escape character", "claude-sync", entry(p, "\x1b[2J"), "no desktop can store"},
		{"not UTF-8", "claude-sync", entry(p, "caf\xe9"), "no desktop can store"},
		{"control character in the name", "claude-sync", Entry{ID: "claude-sync", Name: "\a", Exec: []string{p}}, "no desktop can store"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := New(c.id, testRoot(t))
			if err := s.Enable(c.e); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
			if st, err := s.Status(); err == nil && st.State != Off {
				t.Errorf("it is %s all the same", st.State)
			}
			if err := s.Disable(); (err != nil) != (c.want == "is no id") {
				t.Errorf("disable: error %v", err)
			}
		})
	}
}

func TestStatesAreSaidInWords(t *testing.T) {
	for s, want := range map[State]string{Off: "off", On: "on", SwitchedOff: "switched off elsewhere", 9: "state 9"} {
		if got := s.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestReplaceFileLeavesNothingBesideIt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "for it")
	path := filepath.Join(dir, "x.desktop")
	for _, want := range []string{"old", "new"} {
		must(t, replaceFile(path, []byte(want)))
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("got %q, error %v, want %q", got, err, want)
		}
	}
	// A folder in the way lets the rename fail.
	must(t, os.MkdirAll(filepath.Join(dir, "y.desktop", "full"), 0o700))
	if err := replaceFile(filepath.Join(dir, "y.desktop"), nil); err == nil {
		t.Error("replaced a folder")
	}
	must(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	if err := replaceFile(filepath.Join(dir, "file", "z.desktop"), nil); err == nil {
		t.Error("wrote below a file")
	}
	left, err := os.ReadDir(dir)
	must(t, err)
	if len(left) != 3 {
		t.Errorf("got %v, want x.desktop, y.desktop and file", left)
	}
}

func TestReadStatusNamesTheFileItCouldNotRead(t *testing.T) {
	path := t.TempDir() + `\claude-sync.desktop` // as on Windows
	must(t, os.WriteFile(path, []byte("x"), 0o600))
	_, err := readStatus(path, func([]byte) (Status, error) { return Status{}, errors.New("torn") })
	if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "torn") {
		t.Errorf("got error %v", err)
	}
	if _, err := readStatus(t.TempDir(), parseDesktop); err == nil {
		t.Error("read a folder")
	}
	if err := removeFile(filepath.Dir(path)); err == nil {
		t.Error("removed a folder that is not empty")
	}
}
