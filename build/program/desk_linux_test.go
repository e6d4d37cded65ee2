package program

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"claude-sync/build/desktoptest"
	"claude-sync/syncer/engine"
)

// builtAt is the environment variable with the path of the program.
const builtAt = "CLAUDE_SYNC_TEST_PROGRAM"

func TestMain(m *testing.M) { os.Exit(withProgram(m)) }

// withProgram builds the program and runs the tests. The program has the race detector if the tests have it.
func withProgram(m *testing.M) int {
	dir, err := os.MkdirTemp("", "cs")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "claude-sync")
	args := []string{"build", "-o", path}
	if raceDetector {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, "claude-sync")...).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go %v: %v\n%s", args, err, out)
		return 1
	}
	os.Setenv(builtAt, path)
	os.Unsetenv("CLAUDE_CONFIG_DIR") // the library in this process reads it as well
	return m.Run()
}

// desk is a person's desktop: two machines, a bus, a panel, a notification service, and the program.
type desk struct {
	*desktoptest.World
	t       *testing.T
	bus     string
	bin     string // the one folder with programs
	path    string // the program
	app     string // the checkout on the desktop
	panel   *desktoptest.Panel
	notes   *desktoptest.Notifications
	program *desktoptest.Program
}

// newDesk returns a desk without panel and notification service. The program does not run yet.
func newDesk(t *testing.T) *desk {
	t.Helper()
	t.Parallel()
	d := &desk{t: t, path: os.Getenv(builtAt), World: desktoptest.NewWorld(t, "app")}
	d.bus, _ = desktoptest.StartBus(t)
	d.bin = filepath.Join(d.Dir, "bin")
	d.app = filepath.Join(d.Desktop.Code, "app")
	desktoptest.Mkdir(t, d.bin)
	git, err := exec.LookPath("git")
	d.must(err)
	d.must(os.Symlink(git, filepath.Join(d.bin, "git")))
	d.notes = desktoptest.NewNotifications(t, d.bus, 0, "actions", "body", "body-markup")
	return d
}

// running returns a desk with everything, and the program running.
func running(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	d.notes.Appear()
	d.newPanel()
	d.start()
	return d
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) child(args ...string) desktoptest.Child {
	return desktoptest.Child{Path: d.path, Args: args, Home: d.Desktop.Home, Bus: d.bus, Env: []string{"PATH=" + d.bin}}
}

func (d *desk) newPanel() { d.panel = desktoptest.NewPanel(d.t, d.bus) }

// start starts the program and waits for its icon and its first scan.
func (d *desk) start() {
	d.t.Helper()
	d.program = d.child().Start(d.t)
	d.panel.Registered()
	d.panel.Shows("", "looked")
}

// restart kills the program and starts it again.
func (d *desk) restart() {
	d.t.Helper()
	d.program.Kill()
	d.start()
}

// look clicks on the status line, which starts a scan.
func (d *desk) look() {
	d.t.Helper()
	rows := d.panel.Until("a status line to click", func(rows []desktoptest.Row) bool { return rows[0].Enabled })
	d.panel.Click(rows[0])
}

// looked waits for a scan that began after this call: it adds a session and waits until the menu shows it.
func (d *desk) looked() {
	d.t.Helper()
	n := len(d.transcripts()) + 500
	title := fmt.Sprint("seen ", n)
	d.Desktop.Writes(d.app, desktoptest.SessionNumber(n), n, title)
	d.look()
	d.inApp(title)
}

// inApp waits for an entry in the project's submenu. Entries of conflicts begin with the project's name as well.
func (d *desk) inApp(text string) desktoptest.Row {
	d.t.Helper()
	return d.inEntry("app ", text)
}

// inEntry waits for an entry in the submenu of the entry that begins with the text.
func (d *desk) inEntry(parent, text string) desktoptest.Row {
	d.t.Helper()
	var found desktoptest.Row
	d.panel.Until(parent+"> "+text, func(rows []desktoptest.Row) bool {
		for _, r := range rows {
			if strings.HasPrefix(r.Label+" ", parent) {
				var ok bool
				found, ok = desktoptest.Find(r.Children, text)
				return ok
			}
		}
		return false
	})
	return found
}

// nothingTo waits until there is nothing left for the verb to do.
func (d *desk) nothingTo(verb string) {
	d.t.Helper()
	d.panel.Until("nothing to "+verb, func(rows []desktoptest.Row) bool {
		_, some := desktoptest.Find(rows, verb+" all (")
		_, ok := desktoptest.Find(rows, verb+" all")
		return ok && !some && rows[0].Enabled
	})
}

// quits ends the program through its menu.
func (d *desk) quits() {
	d.t.Helper()
	d.panel.Click(d.panel.Shows("", "Quit"))
	if got := d.program.Ends(); got != 0 {
		d.t.Errorf("got exit code %d, want 0", got)
	}
}

// laptop makes sessions arrive from the laptop, all at the same moment.
func (d *desk) laptop(n int, titles ...string) {
	d.t.Helper()
	// The laptop writes into another folder first, so that the desktop does not see a part of them.
	outbox := filepath.Join(d.Dir, fmt.Sprint("outbox", n))
	_, _, err := engine.Init(d.t.Context(), d.Laptop.Paths, engine.Setup{SyncDir: outbox})
	d.must(err)
	for i, title := range titles {
		d.Laptop.Writes(filepath.Join(d.Laptop.Code, "app"), desktoptest.SessionNumber(n+i), n+i, title)
	}
	d.Laptop.Pushes()
	for i := range titles {
		packs, err := filepath.Glob(filepath.Join(outbox, "*", string(desktoptest.SessionNumber(n+i))+"-laptop.ccsync"))
		if err != nil || len(packs) != 1 {
			d.t.Fatalf("got the packs %q, %v, want one", packs, err)
		}
		to := filepath.Join(d.Share, filepath.Base(filepath.Dir(packs[0])), filepath.Base(packs[0]))
		desktoptest.Mkdir(d.t, filepath.Dir(to))
		d.must(os.Rename(packs[0], to))
	}
	d.look()
}

// wantNote waits for the next note and checks that it is this one.
func (d *desk) wantNote(title, body string, buttons ...string) desktoptest.Note {
	d.t.Helper()
	n := d.notes.Next()
	if n.Title != title || !strings.Contains(n.Body, body) || !slices.Equal(n.Buttons(), buttons) {
		d.t.Errorf("got the note %q, %q with %q, want %q, %q with %q", n.Title, n.Body, n.Buttons(), title, body, buttons)
	}
	return n
}

// wantNoMore checks that there was no further note: it causes a new note, which has to be the next one.
func (d *desk) wantNoMore(n int) {
	d.t.Helper()
	d.laptop(n, "the fence")
	d.wantNote("1 session from laptop", "the fence", "Pull")
}

// diverge continues the same session on both machines.
func (d *desk) diverge(n int) {
	d.t.Helper()
	d.Laptop.Writes(filepath.Join(d.Laptop.Code, "app"), desktoptest.SessionNumber(n), n, "fix the login")
	d.Laptop.Pushes()
	d.Desktop.Pulls()
	d.Desktop.Writes(d.app, desktoptest.SessionNumber(n), n+1, "on the desktop")
	d.Laptop.Writes(filepath.Join(d.Laptop.Code, "app"), desktoptest.SessionNumber(n), n+2, "on the laptop")
	d.Laptop.Pushes()
}

// transcripts returns all of the desktop's transcripts, by name.
func (d *desk) transcripts() map[string]string {
	d.t.Helper()
	return transcriptsOf(d.t, d.Desktop)
}

// transcriptsOf reads all transcripts of a machine, by name.
func transcriptsOf(t *testing.T, m desktoptest.Machine) map[string]string {
	t.Helper()
	all := map[string]string{}
	paths, err := filepath.Glob(filepath.Join(m.Home, ".claude", "projects", "*", "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(p), ".jsonl")] = string(text)
	}
	return all
}
