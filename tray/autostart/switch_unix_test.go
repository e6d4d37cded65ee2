//go:build unix

package autostart

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func testRoot(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "not made yet")
}

// edit replaces a text in the entry, as a desktop's settings do.
func edit(old, new string) func(t *testing.T, root, id string) {
	return func(t *testing.T, root, id string) {
		t.Helper()
		path := New(id, root).path()
		text, err := os.ReadFile(path)
		must(t, err)
		if !strings.Contains(string(text), old) {
			t.Fatalf("no %q in\n%s", old, text)
		}
		must(t, os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o644))
	}
}

func TestEntryMayBeReadByAllAndWrittenByNobodyElse(t *testing.T) {
	s := New("claude-sync", testRoot(t))
	must(t, s.Enable(entry(program(t, "p"))))
	info, err := os.Stat(s.path())
	must(t, err)
	if got := info.Mode().Perm(); got != 0o644 {
		t.Errorf("got mode %o, want 644", got)
	}
}

func TestATornEntryIsAnErrorThatEnableCures(t *testing.T) {
	s := New("claude-sync", testRoot(t))
	p := program(t, "p")
	must(t, s.Enable(entry(p)))
	must(t, os.Truncate(s.path(), 10))
	if _, err := s.Status(); err == nil || !strings.Contains(err.Error(), s.path()) {
		t.Errorf("got error %v, want one that names %s", err, s.path())
	}
	if changed, err := s.Repair(entry(p)); changed || err == nil {
		t.Errorf("repair: got %v, error %v, want an error", changed, err)
	}
	must(t, s.Enable(entry(p)))
	wantStatus(t, s, On, p)
}
