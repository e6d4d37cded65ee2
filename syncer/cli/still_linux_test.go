package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Where nothing has changed since the last look, no transcript and no pack is opened, and nothing written.
func TestNothingIsOpenedWhereNothingChanged(t *testing.T) {
	wantStrace(t)
	w := newKillWorld(t)
	w.turn("desktop", "the beginning")
	w.do("desktop", "push")
	w.do("laptop", "pull")
	w.glance("desktop")
	w.do("desktop", "push")
	w.age()
	cache := filepath.Join(w.root, "cache")
	traced := func(machine string, args ...string) string {
		t.Helper()
		trace := filepath.Join(t.TempDir(), "trace")
		c := w.command(machine, args...)
		s := exec.CommandContext(t.Context(), "strace", append([]string{"-f", "-qq", "-y", "-s", "300", "-e", "signal=none", "-e", "trace=" + writing, "-o", trace, "--"}, c.Args...)...)
		s.Dir, s.Env = c.Dir, append(c.Env, "XDG_CACHE_HOME="+filepath.Join(cache, machine))
		if got := finish(t, s); got.code != 0 && got.code != 3 {
			t.Fatalf("%s %q: exit %d: %s", machine, args, got.code, got.stderr)
		}
		text, err := os.ReadFile(trace)
		w.check(err)
		return string(text)
	}
	opened := regexp.MustCompile(`(?m)^.*open(at2?)?\(.*\.(jsonl|ccsync)".*$`)
	wrote := regexp.MustCompile(`(?m)^.*(O_CREAT|O_WRONLY|O_RDWR|rename|fsync|mkdir).*` + regexp.QuoteMeta(w.root) + `.*$`)
	for _, machine := range []string{"desktop", "laptop"} {
		first := traced(machine, "status")
		if !opened.MatchString(first) || !strings.Contains(first, "compared") {
			t.Fatalf("the first look opens no pack or keeps no cache: the trace is not understood\n%s", first)
		}
		for _, args := range [][]string{{"status"}, {"pull"}, {"push", "--all"}} {
			if machine == "laptop" && args[0] == "pull" {
				continue // it is behind
			}
			again := traced(machine, args...)
			if found := opened.FindAllString(again, -1); len(found) > 0 {
				t.Errorf("%s, %q: opened\n%s", machine, args, strings.Join(found, "\n"))
			}
			for _, line := range wrote.FindAllString(again, -1) {
				if !strings.Contains(line, "/claude-sync/lock") {
					t.Errorf("%s, %q: wrote\n%s", machine, args, line)
				}
			}
		}
	}
}

// age waits until no file is young any more, by the clock of the file system itself: a young one is never
// trusted, and when a file was changed cannot be set.
func (w *killWorld) age() {
	w.t.Helper()
	probe := filepath.Join(w.t.TempDir(), "now")
	touched := func() time.Time {
		w.check(os.WriteFile(probe, nil, 0o600))
		info, err := os.Lstat(probe)
		w.check(err)
		return info.ModTime()
	}
	for begun := touched(); touched().Sub(begun) < 2500*time.Millisecond; {
		runtime.Gosched()
	}
}
