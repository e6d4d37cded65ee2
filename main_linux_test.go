package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/build/desktoptest"
	"claude-sync/syncer"
	"claude-sync/syncer/project"
)

// asProgram makes the test binary the program, race detector and all.
const asProgram = "CLAUDE_SYNC_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Unsetenv("CLAUDE_CONFIG_DIR") // the library in this process reads it, too
	os.Exit(m.Run())
}

// desk is a person's desktop: two machines, a bus, a panel and a notification service, and the program.
type desk struct {
	*desktoptest.World
	t       *testing.T
	bus     string
	bin     string // the one folder with programs
	app     string // the checkout on the desktop
	panel   *desktoptest.Panel
	notes   *desktoptest.Notifications
	program *desktoptest.Program
}

// newDesk is one on which nobody shows icons or notes yet, and the program does not run.
func newDesk(t *testing.T) *desk {
	t.Helper()
	t.Parallel()
	d := &desk{t: t, World: desktoptest.NewWorld(t, "app")}
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

// running is a desk with everything there.
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
	return desktoptest.Child{Args: args, Home: d.Desktop.Home, Bus: d.bus, Env: []string{asProgram + "=1", "PATH=" + d.bin}}
}

func (d *desk) newPanel() { d.panel = desktoptest.NewPanel(d.t, d.bus) }

// start starts the program and waits for its icon and its first look.
func (d *desk) start() {
	d.t.Helper()
	d.program = d.child().Start(d.t)
	d.panel.Registered()
	d.panel.Shows("", "looked")
}

// restart ends the program as a crash does, and starts it again.
func (d *desk) restart() {
	d.t.Helper()
	d.program.Kill()
	d.start()
}

// look is a click on the status line.
func (d *desk) look() {
	d.t.Helper()
	rows := d.panel.Until("a status line to click", func(rows []desktoptest.Row) bool { return rows[0].Enabled })
	d.panel.Click(rows[0])
}

// looked lets a look begin and end that saw all that was before it: it sees a new session.
func (d *desk) looked() {
	d.t.Helper()
	n := len(d.transcripts()) + 500
	title := fmt.Sprint("seen ", n)
	d.Desktop.Writes(d.app, desktoptest.SessionNumber(n), n, title)
	d.look()
	d.inApp(title)
}

// inApp waits for an entry in the project's submenu. A conflict's entry begins with the project's name, too.
func (d *desk) inApp(text string) desktoptest.Row {
	d.t.Helper()
	var found desktoptest.Row
	d.panel.Until("app > "+text, func(rows []desktoptest.Row) bool {
		for _, r := range rows {
			if name, _, _ := strings.Cut(r.Label, " "); name == "app" {
				var ok bool
				found, ok = desktoptest.Find(r.Children, text)
				return ok
			}
		}
		return false
	})
	return found
}

// nothingTo waits until all of what that verb does is done.
func (d *desk) nothingTo(verb string) {
	d.t.Helper()
	d.panel.Until("nothing to "+verb, func(rows []desktoptest.Row) bool {
		_, some := desktoptest.Find(rows, verb+" all (")
		_, ok := desktoptest.Find(rows, verb+" all")
		return ok && !some && rows[0].Enabled
	})
}

// quits ends the program by its menu.
func (d *desk) quits() {
	d.t.Helper()
	d.panel.Click(d.panel.Shows("", "Quit"))
	if got := d.program.Ends(); got != 0 {
		d.t.Errorf("got exit code %d, want 0", got)
	}
}

// laptop lets sessions arrive from the laptop, at once.
func (d *desk) laptop(n int, titles ...string) {
	d.t.Helper()
	// It writes into another folder, so that nothing is seen while it does.
	outbox := filepath.Join(d.Dir, fmt.Sprint("outbox", n))
	_, _, err := syncer.Init(d.t.Context(), d.Laptop.Paths, syncer.Setup{SyncDir: outbox})
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

// wantNote waits for the next note, which has to be this one.
func (d *desk) wantNote(title, body string, buttons ...string) desktoptest.Note {
	d.t.Helper()
	n := d.notes.Next()
	if n.Title != title || !strings.Contains(n.Body, body) || !slices.Equal(n.Buttons(), buttons) {
		d.t.Errorf("got the note %q, %q with %q, want %q, %q with %q", n.Title, n.Body, n.Buttons(), title, body, buttons)
	}
	return n
}

// wantNoMore has something else happen that is told, and nothing before it.
func (d *desk) wantNoMore(n int) {
	d.t.Helper()
	d.laptop(n, "the fence")
	d.wantNote("1 session from laptop", "the fence", "Pull")
}

// diverge lets both machines continue the same session.
func (d *desk) diverge(n int) {
	d.t.Helper()
	d.Laptop.Writes(filepath.Join(d.Laptop.Code, "app"), desktoptest.SessionNumber(n), n, "fix the login")
	d.Laptop.Pushes()
	d.Desktop.Pulls()
	d.Desktop.Writes(d.app, desktoptest.SessionNumber(n), n+1, "on the desktop")
	d.Laptop.Writes(filepath.Join(d.Laptop.Code, "app"), desktoptest.SessionNumber(n), n+2, "on the laptop")
	d.Laptop.Pushes()
}

// transcripts are all of the desktop's, by name.
func (d *desk) transcripts() map[string]string {
	d.t.Helper()
	all := map[string]string{}
	paths, err := filepath.Glob(filepath.Join(d.Desktop.Home, ".claude", "projects", "*", "*.jsonl"))
	d.must(err)
	for _, p := range paths {
		text, err := os.ReadFile(p)
		d.must(err)
		all[strings.TrimSuffix(filepath.Base(p), ".jsonl")] = string(text)
	}
	return all
}

func TestAConflictIsToldOnceAndItsButtonSettlesIt(t *testing.T) {
	d := newDesk(t)
	d.diverge(10)
	d.notes.Appear()
	d.newPanel()
	d.start()
	n := d.wantNote("app: continued on two machines", "'fix the login' was continued on desktop and laptop.", "Continue laptop's", "Continue mine")
	d.looked()
	d.looked()
	d.wantNoMore(20)

	d.notes.Press(n, "Continue laptop's")
	d.panel.Until("no conflict", func(rows []desktoptest.Row) bool {
		_, conflict := desktoptest.Find(rows, "was continued on")
		return !conflict && rows[0].Enabled
	})
	all := d.transcripts()
	merged := all[string(desktoptest.SessionNumber(10))]
	if !strings.HasSuffix(strings.TrimSpace(merged), `"on the laptop"}}`) || !strings.Contains(merged, "on the desktop") {
		t.Errorf("got\n%s\nwant all rows, the laptop's last", merged)
	}
	delete(all, string(desktoptest.SessionNumber(10)))
	forks := 0
	for _, text := range all {
		if strings.Contains(text, "fix the login (desktop)") && strings.Contains(text, "on the desktop") && !strings.Contains(text, "on the laptop") {
			forks++
		}
	}
	if forks != 1 {
		t.Errorf("got %d forks of the desktop's branch, want 1 in\n%v", forks, all)
	}
	d.wantNoMore(30) // that it was done is no news
	d.quits()
}

func TestACheckoutThatIsGoneIsToldOnceUntilItIsBack(t *testing.T) {
	d := running(t)
	two := filepath.Join(d.Desktop.Code, "two")
	desktoptest.Clone(t, two)
	_, _, err := d.Desktop.Open().Register(t.Context(), two)
	d.must(err)
	away := filepath.Join(d.Dir, "away")
	for i := range 2 {
		d.must(os.Rename(two, away))
		d.look()
		d.wantNote("two: its folder is gone", two, "Locate…", "Forget")
		d.looked()
		d.wantNoMore(20 + i)
		d.must(os.Rename(away, two))
		d.look()
		d.panel.Until("the folder back", func(rows []desktoptest.Row) bool { _, gone := desktoptest.Find(rows, "is gone"); return !gone })
	}
}

func TestArrivedSessionsAreOneNoteWhoseButtonPullsThem(t *testing.T) {
	d := running(t)
	d.laptop(20, "R&D <b>", "bad \xff\xfe bytes "+strings.Repeat("long", 75))
	n := d.wantNote("2 sessions from laptop", "'R&amp;D &lt;b&gt;'", "Pull")
	if !strings.Contains(n.Body, "bad") || len([]rune(n.Body)) > 200 {
		t.Errorf("got the body %q, want a short form of the other title in it", n.Body)
	}
	d.notes.Press(n, "Pull")
	d.nothingTo("Pull")
	all := d.transcripts()
	for i, want := range []string{"R&D <b>", "longlong"} {
		if got := all[string(desktoptest.SessionNumber(20+i))]; !strings.Contains(got, want) {
			t.Errorf("got the transcript %q, want %q in it", got, want)
		}
	}
	d.looked()
	d.panel.Click(d.inApp("Push"))
	d.nothingTo("Push")
	d.wantNoMore(30) // neither the pull nor the push
}

func TestTheIconReturnsAfterAClosedNotification(t *testing.T) {
	for name, everybody := range map[string]bool{"told to everybody": true, "told to the sender only": false} {
		t.Run(name, func(t *testing.T) {
			d := running(t)
			returns := func() {
				d.panel.Close()
				d.newPanel()
				d.panel.Registered()
			}
			d.looked() // the library listens for panels only a moment after its first registration
			returns()
			for i := range 2 {
				d.laptop(20+i, "from elsewhere")
				d.notes.Dismiss(d.wantNote("1 session from laptop", "from elsewhere", "Pull"), everybody)
				returns()
				d.panel.Shows("", "to pull")
			}
			d.quits()
		})
	}
}

func TestWithoutPanelAndServiceBothAreWaitedFor(t *testing.T) {
	d := newDesk(t)
	d.diverge(10)
	d.program = d.child().Start(t)
	d.program.Says("claude-sync: no panel of this desktop shows tray icons")
	d.program.Says("claude-sync: hint: on GNOME")
	d.newPanel()
	d.panel.Registered()
	d.panel.Click(d.inApp("Push")) // while nobody shows notes
	d.panel.Shows("", "needs attention")
	d.notes.Appear()
	d.wantNote("app: continued on two machines", "fix the login", "Continue laptop's", "Continue mine")
	d.quits()
}

func TestASlowNotificationServiceKeepsNobodyWaiting(t *testing.T) {
	d := newDesk(t)
	d.diverge(10)
	answer := make(chan struct{})
	d.notes.Hold(answer).Appear()
	d.newPanel()
	d.start()
	d.wantNote("app: continued on two machines", "fix the login", "Continue laptop's", "Continue mine")
	late := time.AfterFunc(10*time.Second, func() { close(answer) })
	d.looked()
	d.panel.Click(d.inApp("Push"))
	d.nothingTo("Push")
	d.laptop(20, "meanwhile")
	d.panel.Click(d.inApp("Pull 1 session"))
	d.inApp("meanwhile")
	if !late.Stop() {
		t.Error("the menu's work took the ten seconds that the service takes")
	}
	late.Reset(10 * time.Second)
	d.wantNote("1 session from laptop", "meanwhile", "Pull") // when the service takes the next one

	d.notes.Hold(make(chan struct{})) // for ever
	d.laptop(30, "the last")
	d.wantNote("1 session from laptop", "the last", "Pull")
	d.quits()
}

func TestWhatWasToldSurvivesARestart(t *testing.T) {
	d := newDesk(t)
	d.diverge(10)
	two := filepath.Join(d.Desktop.Code, "two")
	desktoptest.Clone(t, two)
	_, _, err := d.Desktop.Open().Register(t.Context(), two)
	d.must(err)
	d.must(os.RemoveAll(two))
	d.notes.Appear()
	d.newPanel()
	d.start()
	d.wantNote("app: continued on two machines", "fix the login", "Continue laptop's", "Continue mine")
	d.wantNote("two: its folder is gone", two, "Locate…", "Forget")
	d.laptop(20, "before")
	d.wantNote("1 session from laptop", "before", "Pull")
	for i := range 2 {
		d.restart()
		d.looked()
		d.wantNoMore(30 + i)
	}
}

func TestFiveHundredLostFoldersAreOneNote(t *testing.T) {
	d := newDesk(t)
	reg, err := project.Load(d.Desktop.Paths.Registry)
	d.must(err)
	names := []string{"my_app", "R&D <b>", strings.Repeat("long", 75)}
	for i := range 500 {
		names = append(names, fmt.Sprint("p", i))
	}
	for i, name := range names {
		key, err := project.ParseKey("git:https://example.com/me/" + name)
		d.must(err)
		reg, _ = reg.Register(key, filepath.Join(d.Dir, "gone", fmt.Sprint(i)), time.Unix(int64(i), 0))
	}
	d.must(os.WriteFile(d.Desktop.Paths.Registry, reg.Bytes(), 0o600))
	d.notes.Appear()
	d.newPanel()
	d.start()
	d.wantNote("503 project folders are gone", "more")
	d.panel.Shows("", "Needs attention (503)")
	d.wantNoMore(20)
	d.quits()
}

func TestNotificationsCanBeSwitchedOff(t *testing.T) {
	d := running(t)
	d.panel.Click(d.panel.Shows("", "Notifications"))
	d.panel.Until("it switched off", func(rows []desktoptest.Row) bool {
		r, ok := desktoptest.Find(rows, "Notifications")
		return ok && !r.Checked
	})
	d.laptop(20, "not told")
	d.inApp("not told")
	d.panel.Click(d.panel.Shows("", "Notifications"))
	d.panel.Until("it switched on", func(rows []desktoptest.Row) bool { r, _ := desktoptest.Find(rows, "Notifications"); return r.Checked })
	d.wantNoMore(30)
}

func TestASecondStartShowsTheFirstOnesState(t *testing.T) {
	d := running(t)
	second := d.child().Start(t)
	if got := second.Ends(); got != 1 || second.Output() != "claude-sync: already running" {
		t.Errorf("got exit code %d and %q", got, second.Output())
	}
	d.wantNote("claude-sync", "up to date")
}

func TestWithoutABusTheProgramSaysSo(t *testing.T) {
	d := newDesk(t)
	d.bus = "unix:path=" + filepath.Join(d.Dir, "no-bus")
	for _, args := range [][]string{nil, {atLogin}} {
		p := d.child(args...).Start(t)
		if got := p.Ends(); got != 1 {
			t.Errorf("got exit code %d, want 1", got)
		}
		if got := p.Output(); !strings.HasPrefix(got, "claude-sync: no D-Bus session bus") || !strings.Contains(got, "\nclaude-sync: hint: start claude-sync inside a desktop session") {
			t.Errorf("got %q, want what is missing and what to do", got)
		}
	}
}
