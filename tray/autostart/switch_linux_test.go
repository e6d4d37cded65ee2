package autostart

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func switchedOffElsewhere() map[string]func(t *testing.T, root, id string) {
	return map[string]func(t *testing.T, root, id string){
		"hidden": edit("Type=", "Hidden=true\nType="),
		"gnome":  edit("enabled=true", "enabled=false"),
	}
}

func TestRootIsTheAutostartFolder(t *testing.T) {
	if got, want := New("claude-sync", Root("/c", "/h")).path(), "/c/autostart/claude-sync.desktop"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// recorderEnv makes this test binary the program that is started at login: it sends its own command line
// to a socket and ends.
const recorderEnv = "AUTOSTART_TEST_SOCKET"

func TestMain(m *testing.M) {
	socket := os.Getenv(recorderEnv)
	if socket == "" {
		os.Exit(m.Run())
	}
	conn, err := net.Dial("unix", socket)
	if err == nil {
		err = json.NewEncoder(conn).Encode(os.Args)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// need returns the path of a program that the test is about.
func need(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing", name)
	}
	t.Skipf("%s is missing", name)
	return ""
}

// A desktop is one that really starts an entry and tells what was started.
type desktop struct {
	gio      string
	listener *net.UnixListener
}

func newDesktop(t *testing.T) desktop {
	t.Helper()
	gio := need(t, "gio")
	dir, err := os.MkdirTemp("", "as") // a socket's path has to be short
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "s"), Net: "unix"})
	must(t, err)
	t.Cleanup(func() { must(t, l.Close()) })
	t.Setenv(recorderEnv, filepath.Join(dir, "s"))
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:") // nobody is to be told
	t.Setenv("GORACE", "atexit_sleep_ms=0")           // else each one takes a second to end
	return desktop{gio, l}
}

// start launches the entry and returns the command line that arrived.
func (d desktop) start(t *testing.T, path string) []string {
	t.Helper()
	if out, err := exec.Command(d.gio, "launch", path).CombinedOutput(); err != nil {
		t.Errorf("gio launch: %v\n%s", err, out)
		return nil
	}
	must(t, d.listener.SetDeadline(time.Now().Add(20*time.Second)))
	conn, err := d.listener.Accept()
	must(t, err)
	var args []string
	must(t, json.NewDecoder(conn).Decode(&args))
	must(t, conn.Close())
	return args
}

// validate runs the desktops' own judge over the entry.
func validate(t *testing.T, path string) {
	t.Helper()
	out, err := exec.Command(need(t, "desktop-file-validate"), path).CombinedOutput()
	if err != nil || len(out) > 0 {
		text, _ := os.ReadFile(path)
		t.Errorf("desktop-file-validate: %v\n%s\n%s", err, out, text)
	}
}

func TestEveryNastyArgumentArrives(t *testing.T) {
	d := newDesktop(t)
	s := New("claude-sync", testRoot(t))
	exe, err := os.Executable()
	must(t, err)
	for _, arg := range nasty() {
		want := []string{exe, arg, "last"}
		must(t, s.Enable(entry(want...)))
		validate(t, s.path())
		if got := d.start(t, s.path()); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	all := slices.Concat([]string{exe}, nasty())
	must(t, s.Enable(entry(all...)))
	validate(t, s.path())
	if got := d.start(t, s.path()); !slices.Equal(got, all) {
		t.Errorf("got %q, want %q", got, all)
	}
}

func TestAProgramInEveryNastyFolderStarts(t *testing.T) {
	d := newDesktop(t)
	exe, err := os.Executable()
	must(t, err)
	for i, name := range append(nasty(), "a=b", "-v", "KEY=[v]") {
		if strings.Contains(name, "%") {
			continue // refused, and its own test says so
		}
		dir := filepath.Join(t.TempDir(), name)
		must(t, os.MkdirAll(dir, 0o700))
		want := []string{filepath.Join(dir, "claude-sync"+name), fmt.Sprint(i)}
		must(t, os.MkdirAll(filepath.Dir(want[0]), 0o700))
		must(t, os.Symlink(exe, want[0]))
		s := New("claude-sync", filepath.Join(dir, "config", "autostart"))
		must(t, s.Enable(entry(want...)))
		validate(t, s.path())
		if got := d.start(t, s.path()); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestNastyNamesAreValid(t *testing.T) {
	s := New("claude-sync", testRoot(t))
	for _, name := range nasty() {
		if strings.TrimSpace(name) == "" {
			continue // a name is required; which one is the caller's business
		}
		must(t, s.Enable(Entry{ID: "claude-sync", Name: name, Comment: name + ".", Icon: "/icons/" + name, Exec: []string{"/p"}}))
		validate(t, s.path())
	}
}
