package claude

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer/ccsync"
)

// childEnv turns this test binary into a process that lives until its standard input is closed.
const childEnv = "CLAUDE_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		_, _ = os.Stdout.WriteString("up\n")
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child starts a real process from the given program, this one where empty, and ends it with the test.
func child(t *testing.T, program string) *exec.Cmd {
	t.Helper()
	if program == "" {
		var err error
		if program, err = os.Executable(); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), childEnv+"=1")
	stdin, errIn := cmd.StdinPipe()
	stdout, errOut := cmd.StdoutPipe()
	if errIn != nil || errOut != nil {
		t.Fatal(errIn, errOut)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stdin.Close(); _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if _, err := io.ReadFull(stdout, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	return cmd
}

const (
	id1 = ccsync.SessionID("11111111-2222-4333-8444-555555555555")
	id2 = ccsync.SessionID("22222222-2222-4333-8444-555555555555")
	id3 = ccsync.SessionID("33333333-2222-4333-8444-555555555555")
)

// noon is a moment that no test depends on being now.
var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// tempDir is t.TempDir without symbolic links (macOS puts it behind one).
func tempDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// newStore returns a store in an empty home, and a working directory beside it.
func newStore(t *testing.T) (Store, string) {
	t.Helper()
	dir := tempDir(t)
	cwd := filepath.Join(dir, "work", "my.app")
	mkdir(t, cwd)
	return Store{Dir: filepath.Join(dir, "home", ".claude"), Now: func() time.Time { return noon }, Wait: func(time.Duration) {}}, cwd
}

func mkdir(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	mkdir(t, filepath.Dir(path))
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func symlink(t *testing.T, target, link string) {
	t.Helper()
	if err := os.Symlink(target, link); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("symbolic links need a right on this Windows:", err)
	}
}

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestOpenFollowsTheEnvironmentAsClaudeCodeDoes(t *testing.T) {
	const dir, name = "CLAUDE_CONFIG_DIR", "CLAUDE_CODE_PROJECT_DIR_NAME"
	dotClaude := filepath.Join("home", "ana", ".claude")
	for _, c := range []struct {
		name              string
		env               []string
		wantDir, wantName string
	}{
		{"nothing set", nil, dotClaude, ""},
		{"empty is not set", []string{dir, ""}, dotClaude, ""},
		{"another directory", []string{dir, "/cfg"}, "/cfg", ""},
		{"decomposed directory", []string{dir, "/cfg-e\u0301"}, "/cfg-\u00e9", ""},
		{"name without directory", []string{name, "x"}, dotClaude, ""},
		{"name with directory", []string{dir, "/cfg", name, "my_Proj-1"}, "/cfg", "my_Proj-1"},
		{"name of 64", []string{dir, "/cfg", name, strings.Repeat("a", 64)}, "/cfg", strings.Repeat("a", 64)},
		{"name of 65", []string{dir, "/cfg", name, strings.Repeat("a", 65)}, "/cfg", ""},
		{"name with dot", []string{dir, "/cfg", name, "a.b"}, "/cfg", ""},
		{"name with slash", []string{dir, "/cfg", name, "../x"}, "/cfg", ""},
		{"name not ASCII", []string{dir, "/cfg", name, "\u00e9"}, "/cfg", ""},
		{"Windows device", []string{dir, "/cfg", name, "NUL"}, "/cfg", ""},
		{"Windows port", []string{dir, "/cfg", name, "Com7"}, "/cfg", ""},
		{"no Windows port", []string{dir, "/cfg", name, "com10"}, "/cfg", "com10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Open(environment(c.env...), filepath.Join("home", "ana"))
			if got.Dir != c.wantDir || got.DirName != c.wantName {
				t.Errorf("got %q %q, want %q %q", got.Dir, got.DirName, c.wantDir, c.wantName)
			}
		})
	}
}

func TestClockIsRealUnlessReplaced(t *testing.T) {
	if got := (Store{}).now(); time.Since(got).Abs() > time.Minute {
		t.Errorf("got %v, want now", got)
	}
	(Store{}).wait(0)
}

func TestContainsSeesThroughLinksAndMissingFolders(t *testing.T) {
	s, cwd := newStore(t)
	mkdir(t, filepath.Join(s.Dir, "projects"))
	mkdir(t, s.Dir+"-sync")
	link := filepath.Join(filepath.Dir(cwd), "link")
	symlink(t, filepath.Join(s.Dir, "projects"), link)
	linkOut := filepath.Join(s.Dir, "out")
	symlink(t, cwd, linkOut)
	for _, c := range []struct {
		name, path string
		want       bool
	}{
		{"itself", s.Dir, true},
		{"with trailing slash", s.Dir + string(filepath.Separator), true},
		{"inside", filepath.Join(s.Dir, "projects"), true},
		{"inside, not there yet", filepath.Join(s.Dir, "a", "b"), true},
		{"through dots", filepath.Join(cwd, "..") + "/../home/.claude/x", true},
		{"through a link", link, true},
		{"below a link, not there yet", filepath.Join(link, "new", "er"), true},
		{"a link that leads out", linkOut, false},
		{"parent", filepath.Dir(s.Dir), false},
		{"a longer name", s.Dir + "-sync", false},
		{"elsewhere", cwd, false},
		{"elsewhere, not there yet", filepath.Join(cwd, "new"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := s.Contains(c.path); got != c.want {
				t.Errorf("Contains(%q): got %v, want %v", c.path, got, c.want)
			}
		})
	}
}

func TestContainsWhenTheStoreIsNotThereYet(t *testing.T) {
	s, cwd := newStore(t)
	if !s.Contains(filepath.Join(s.Dir, "x")) || s.Contains(cwd) {
		t.Error("got a store without its directory that does not know what is its own")
	}
}

func TestContainsFollowsTheCaseRulesOfTheOS(t *testing.T) {
	s, _ := newStore(t)
	if got := s.Contains(filepath.Join(filepath.Dir(s.Dir), ".CLAUDE", "x")); got != (runtime.GOOS != "linux") {
		t.Errorf("got %v on %s", got, runtime.GOOS)
	}
}
