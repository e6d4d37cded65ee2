package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		return "(" + err.Error() + ")"
	}
	return string(b)
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestCommitReplacesContentModeAndTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "folder", "file.json")
	when := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, content := range []string{"first", "second, longer"} {
		f, err := Create(path, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, content); err != nil {
			t.Fatal(err)
		}
		if err := f.Commit(when, nil); err != nil {
			t.Fatal(err)
		}
		if got := read(t, path); got != content {
			t.Errorf("got %q, want %q", got, content)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if !info.ModTime().Equal(when) || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("got %v %v", info.ModTime(), info.Mode())
	}
	if got := names(t, filepath.Dir(path)); len(got) != 1 {
		t.Errorf("left behind: %q", got)
	}
}

func TestWhatChangedMeanwhileIsNotReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Create(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	changed := errors.New("changed")
	if err := f.Commit(time.Time{}, func() error { return changed }); !errors.Is(err, changed) {
		t.Errorf("got %v, want %v", err, changed)
	}
	if got := read(t, path); got != "theirs" {
		t.Errorf("got %q", got)
	}
	if got := names(t, filepath.Dir(path)); len(got) != 1 {
		t.Errorf("left behind: %q", got)
	}
}

// If a kill comes before any of the steps, the target is the old or the new file, and only temporary files are
// left beside it.
func TestKilledAtAnyStepLeavesOldOrNew(t *testing.T) {
	killed := errors.New("killed")
	for n := 0; ; n++ {
		dir := t.TempDir()
		path := filepath.Join(dir, "sub", "file")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		steps := 0
		TestStep = func(string, string) error {
			if steps++; steps > n {
				return killed
			}
			return nil
		}
		err := WriteFile(path, []byte("new"))
		TestStep = nil
		if got := read(t, path); got != "old" && got != "new" {
			t.Fatalf("step %d: got %q", n, got)
		}
		for _, name := range names(t, filepath.Dir(path)) {
			if name != "file" && !IsTemp(name) {
				t.Fatalf("step %d: left %q", n, name)
			}
		}
		if err == nil {
			if n < 4 {
				t.Fatalf("only %d steps: the hook is not asked", n)
			}
			return
		}
	}
}

func TestErrorsNameTheTargetNotTheTemporaryFile(t *testing.T) {
	dir := t.TempDir() + `\file` // a path with a backslash, also on Unix
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := WriteFile(filepath.Join(dir, "below"), nil)
	if err == nil || !strings.Contains(err.Error(), dir) || strings.Contains(err.Error(), prefix) {
		t.Errorf("got %v", err)
	}
}

func TestSweepTakesOnlyOldLeftovers(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	old := now.Add(-25 * time.Hour)
	ours := tempName("x.ccsync", "0123456789abcdef")
	young := tempName("y.ccsync", "0123456789abcdef")
	syncthings := prefix + "x.ccsync.tmp"
	for name, when := range map[string]time.Time{ours: old, young: now, syncthings: old, "x.ccsync": old} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(dir, name), when, when); err != nil {
			t.Fatal(err)
		}
	}
	Sweep(dir, now)
	got := strings.Join(names(t, dir), " ")
	if strings.Contains(got, ours) || len(names(t, dir)) != 3 {
		t.Errorf("left %s", got)
	}
	Sweep(filepath.Join(dir, "missing"), now)
}

func TestTempNamesFitAndAreRecognised(t *testing.T) {
	for _, base := range []string{"a", strings.Repeat("é", 127), strings.Repeat("x", 255)} {
		name := tempName(base, "0123456789abcdef")
		if len(name) > 255 || !IsTemp(name) {
			t.Errorf("%.20q: %d bytes, IsTemp %v", base, len(name), IsTemp(name))
		}
	}
	for _, name := range []string{"", "~syncthing~x.tmp", "x.ccsync", "~syncthing~.tmp", ".ccs0123456789abcdef.tmp"} {
		if IsTemp(name) {
			t.Errorf("IsTemp(%q)", name)
		}
	}
}

func TestCopyFromTakesJustSoMuch(t *testing.T) {
	dir := t.TempDir()
	from, err := os.Create(filepath.Join(dir, "from"))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	text := strings.Repeat("0123456789", 7<<20)
	if _, err := from.WriteString(text); err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]io.Reader{"a file": from, "no file": strings.NewReader(text)} {
		if _, err := from.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "to")
		f, err := Create(path, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{f.CopyFrom(r, 50_000_001), f.CopyFrom(strings.NewReader("end"), 3), f.Commit(time.Time{}, nil)} {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if got := read(t, path); got != text[:50_000_001]+"end" {
			t.Errorf("%s: %d bytes came, or others", name, len(got))
		}
	}
	f, err := Create(filepath.Join(dir, "short"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.CopyFrom(strings.NewReader("short"), 6)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	if err := f.Discard(); err != nil {
		t.Error(err)
	}
}
