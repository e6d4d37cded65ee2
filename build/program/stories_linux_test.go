package program

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/build/desktoptest"
	"claude-sync/syncer/project"
)

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
	d.wantNoMore(30) // success is not announced
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

func TestALostFolderIsLocatedByTheButtonsOfItsNote(t *testing.T) {
	d := running(t)
	site, moved := filepath.Join(d.Desktop.Code, "site"), filepath.Join(d.Dir, "homepage")
	desktoptest.Mkdir(t, site)
	_, _, err := d.Desktop.Open().Register(t.Context(), site)
	d.must(err)
	d.must(os.Rename(site, moved))
	d.look()
	n := d.wantNote("site: its folder is gone", site, "Locate…", "Forget")
	d.answers(d.app, "exit 1") // by mistake, as the person sees by the question
	d.notes.Press(n, "Locate…")
	d.wantQuestion(d.app+" is example.com/me/app.", "The sessions belong to a folder without a remote, site.")
	d.answers(moved, "exit 1")
	d.panel.Click(d.inEntry("site: ", "Locate…"))
	d.panel.Until("the folder back", func(rows []desktoptest.Row) bool { _, gone := desktoptest.Find(rows, "is gone"); return !gone })
	reg, err := project.Load(d.Desktop.Paths.Registry)
	d.must(err)
	if got := reg.Cwds("name:site"); !slices.Equal(got, []string{moved}) {
		t.Errorf("got the folders %q, want %q", got, moved)
	}
	d.wantNoMore(20)

	second := filepath.Join(d.Desktop.Code, "second", "app")
	desktoptest.Clone(t, second)
	_, _, err = d.Desktop.Open().Register(t.Context(), second)
	d.must(err)
	d.must(os.RemoveAll(second))
	d.look()
	d.looked() // the project still has its other folder, and its sessions: nothing needs a person
	d.panel.Until("no alarm", func(rows []desktoptest.Row) bool { _, gone := desktoptest.Find(rows, "is gone"); return !gone })
	d.inApp("Open folder")
	d.wantNoMore(30)
}

func TestArrivedSessionsAreOneNoteWhoseButtonPullsThem(t *testing.T) {
	d := running(t)
	d.laptop(20, "R&D <b>", "bad \xff\xfe bytes "+strings.Repeat("long", 75))
	n := d.wantNote("2 sessions from laptop", "'R&amp;D &lt;b&gt;'", "Pull")
	if !strings.Contains(n.Body, "bad") || len([]rune(n.Body)) > 200 {
		t.Errorf("got the body %q, want a short form of the other title in it", n.Body)
	}
	d.panel.Shows("", "Pull all (2)") // the note may be there before the menu
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
	d.wantNoMore(30) // no note for the pull and the push
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
			d.looked() // the tray library listens for panels only a moment after its first registration
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
	d.panel.Click(d.inApp("Push")) // while no service shows notes
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
	d.wantNote("1 session from laptop", "meanwhile", "Pull") // when the service accepts the next note

	d.notes.Hold(make(chan struct{})) // for ever
	d.laptop(30, "the last")
	d.wantNote("1 session from laptop", "the last", "Pull")
	d.quits()
}

func TestANotificationThatIsRefusedIsSaidElsewhere(t *testing.T) {
	d := newDesk(t)
	d.diverge(10)
	d.notes.Refuse("no room").Appear()
	d.newPanel()
	d.start()
	if got := d.program.Says(`claude-sync: the notification "app: continued on two machines" was not shown: `); !strings.HasSuffix(got, "no room") {
		t.Errorf("got %q, want the service's reason", got)
	}
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
	for _, args := range [][]string{nil, {"--at-login"}} {
		p := d.child(args...).Start(t)
		if got := p.Ends(); got != 1 {
			t.Errorf("got exit code %d, want 1", got)
		}
		if got := p.Output(); !strings.HasPrefix(got, "claude-sync: no D-Bus session bus") || !strings.Contains(got, "\nclaude-sync: hint: start claude-sync inside a desktop session") {
			t.Errorf("got %q, want what is missing and what to do", got)
		}
	}
}

func TestTheSyncFolderGoesAndComesBack(t *testing.T) {
	d := running(t)
	away := filepath.Join(d.Dir, "unplugged")
	d.must(os.Rename(d.Share, away))
	d.look()
	d.wantNote("Sync folder not available", "Nothing was changed.", "Choose another…")
	d.panel.Shows("", "Sync folder not available")
	d.look()
	d.must(os.Rename(away, d.Share))
	d.look()
	d.wantNote("Sync folder is back", d.Share)
	d.wantNoMore(20)
}

func TestSessionsThatAreAboutToBeDeletedArePushedByTheButton(t *testing.T) {
	d := newDesk(t)
	path := d.Desktop.Writes(d.app, desktoptest.SessionNumber(10), 10, "an old plan")
	old := time.Now().AddDate(0, 0, -27)
	d.must(os.Chtimes(path, old, old))
	d.notes.Appear()
	d.newPanel()
	d.start()
	n := d.wantNote("Claude Code is about to delete 1 session", "'an old plan': not in the sync folder yet", "Push")
	if n.Hints["urgency"].Value() != byte(2) {
		t.Errorf("got the urgency %v, want the highest", n.Hints["urgency"])
	}
	d.wantNoMore(20)
	d.notes.Press(n, "Push")
	d.nothingTo("Push")
	if packs, err := filepath.Glob(filepath.Join(d.Share, "*", string(desktoptest.SessionNumber(10))+"-desktop.ccsync")); err != nil || len(packs) != 1 {
		t.Errorf("got the packs %q, %v, want one", packs, err)
	}
	d.wantNoMore(30)
}
