package desktop_test

import (
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/build/desktoptest"
	"claude-sync/icons"
)

// The sessions of the story. All belong to checkouts of myapp, except the last one.
const (
	login    = "Fix login bug"
	darkMode = "Add dark mode"
	landing  = "Write the landing page"
)

// Each desktop is a panel, light or dark, and a notification daemon.
func TestADayWithTheTray(t *testing.T) {
	for _, c := range []struct {
		name           string
		dark           bool
		daemon, answer func(*desktop)
	}{
		{"light", false, (*desktop).startNotifyd, (*desktop).answerNotifyd},
		{"dark", true, (*desktop).startNotifyd, (*desktop).answerNotifyd},
		{"dunst", true, (*desktop).startDunst, (*desktop).answerDunst},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			needs(t, "Xvfb", "dbus-daemon", "xfce4-panel", "dunst", "dunstctl", "git")
			w := newWorld(t)
			w.isSetUp()
			d := newDesktop(t, c.name, w.home("desktop"), c.dark)
			c.daemon(d)
			d.day(w, c.answer)
		})
	}
}

// isSetUp gives each machine a project and a session. The desktop has not pulled the laptop's session yet.
func (w *world) isSetUp() {
	w.t.Helper()
	mkdir(w.t, filepath.Dir(w.share())) // init does not make Dropbox itself
	for _, m := range []string{"desktop", "laptop"} {
		w.clone(m, "myapp")
		w.says(m, "myapp", "init", w.share(), "--name", m)
		w.says(m, "myapp", "register")
	}
	w.talks("desktop", "myapp", session(1), 1, login)
	w.says("desktop", "myapp", "push")
	w.says("laptop", "myapp", "pull")
	w.talks("laptop", "myapp", session(2), 2, darkMode)
	w.says("laptop", "myapp", "push")
}

// day is a person's day with the tray, from login to logout, all with the mouse.
func (d *desktop) day(w *world, answer func(*desktop)) {
	t := d.t
	t.Helper()
	p := d.start(w.program)
	d.enter(icons.ToPull, "myapp")
	d.leave()

	d.pushesWhatWasRegisteredMeanwhile(w)
	d.settlesAConflict(w, answer)

	d.endPanel()
	d.startPanel()
	d.enter(icons.ToPull, "website")
	d.leave()
	d.click(icons.ToPull, "Pull all (1)")
	d.sees(icons.UpToDate)
	if got := w.read("desktop", "myapp", session(2)); !strings.Contains(got, darkMode) {
		t.Errorf("got the transcript %q, want the laptop's", got)
	}

	d.click(icons.UpToDate, "Quit")
	d.until("the end of the program", func() bool { return happened(p.ended) })
	if p.err != nil {
		t.Errorf("the program ended with %v", p.err)
	}
	d.until("a panel without the icon", func() bool {
		_, ok := d.finds(icons.UpToDate)
		return !ok
	})
	d.endPanel()
}

// pushesWhatWasRegisteredMeanwhile covers a weakness of panels: a submenu that is added after the menu was
// opened.
func (d *desktop) pushesWhatWasRegisteredMeanwhile(w *world) {
	d.t.Helper()
	w.clone("desktop", "website")
	w.talks("desktop", "website", session(3), 3, landing)
	w.says("desktop", "website", "register")
	d.until("website in the menu", func() bool {
		_, ok := where(d.entries(), "website")
		return ok
	})
	inside := d.enter(icons.ToPull, "website")
	d.keep("menu", d.around(d.menus()))
	if w.packed("desktop", session(3)) {
		d.t.Error("it was pushed before anybody asked for it")
	}
	d.pick(inside, "Push 1 session")
	d.until("the pack in the folder", func() bool { return w.packed("desktop", session(3)) })
	d.sees(icons.ToPull)
}

// settlesAConflict continues a session on both machines, and answers the question that follows.
func (d *desktop) settlesAConflict(w *world, answer func(*desktop)) {
	d.t.Helper()
	const ours, theirs = "from the desktop", "from the laptop"
	// This machine's turn comes first: the laptop's turn alone would be an arrival, with a notification.
	w.talks("desktop", "myapp", session(1), 4, ours)
	w.talks("laptop", "myapp", session(1), 5, theirs)
	w.says("laptop", "myapp", "push")
	d.sees(icons.Attention)
	answer(d)
	d.sees(icons.ToPull)
	merged := w.transcript("desktop", "myapp", session(1))
	if got := w.read("desktop", "myapp", session(1)); !strings.Contains(got, ours) || !strings.Contains(got, theirs) ||
		strings.Index(got, ours) > strings.Index(got, theirs) {
		d.t.Errorf("got the session\n%s\nwant both machines' words, the laptop's last", got)
	}
	all, err := filepath.Glob(filepath.Join(filepath.Dir(merged), "*.jsonl"))
	must(d.t, err)
	forks := slices.DeleteFunc(all, func(path string) bool { return path == merged })
	if len(forks) != 1 {
		d.t.Fatalf("got the forks %q, want one", forks)
	}
	text, err := os.ReadFile(forks[0])
	must(d.t, err)
	if got := string(text); !strings.Contains(got, ours) || strings.Contains(got, theirs) || !strings.Contains(got, login+" (desktop)") {
		d.t.Errorf("got the fork\n%s\nwant the desktop's branch, named for it", got)
	}
}

// answerNotifyd clicks the popup's first button, which continues the laptop's branch.
func (d *desktop) answerNotifyd() {
	d.t.Helper()
	popup := d.popup("notifyd")
	first := button(popup.Rectangle, 1)
	d.keep("popup", popup.Rectangle)
	d.light(first)
	d.screen.press(d.t)
	d.until("the popup closes", func() bool { return len(d.screen.windows(d.t, "notifyd")) == 0 })
}

// answerDunst chooses from dunst's list, and then closes the popup, which stays open.
func (d *desktop) answerDunst() {
	d.t.Helper()
	popup := d.popup("dunst")
	d.keep("popup", popup.Rectangle)
	d.call("dunstctl", "context")
	d.sees(icons.ToPull)
	d.call("dunstctl", "close-all")
	d.until("the popup closes", func() bool { return len(d.screen.windows(d.t, "dunst")) == 0 })
}

// popup waits for the one window of a notification daemon.
func (d *desktop) popup(class string) window {
	d.t.Helper()
	var popup window
	d.until("a popup", func() bool {
		all := d.screen.windows(d.t, class)
		if len(all) != 1 {
			return false
		}
		popup = all[0]
		return d.drawn(popup)
	})
	return popup
}

// around returns the part of the screen with the icon and its menus.
func (d *desktop) around(menus []window) image.Rectangle {
	part := image.Rect(0, 0, iconSize, panelHeight)
	for _, m := range menus {
		part = part.Union(m.Rectangle)
	}
	part.Max = part.Max.Add(image.Pt(8, 8))
	return part
}

func happened[T any](c <-chan T) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// A person sees the icon of a machine whose sync folder does not answer, and can quit.
func TestAPanelIsRidOfATrayWhoseSyncFolderDoesNotAnswer(t *testing.T) {
	t.Parallel()
	needs(t, "Xvfb", "dbus-daemon", "xfce4-panel", "dunst", "git")
	w := newWorld(t)
	w.isSetUp()
	d := newDesktop(t, "hang", w.home("desktop"), false)
	d.startDunst()
	desktoptest.Hang(t, w.share())
	p := d.start(w.program)
	d.sees(icons.Off)
	d.open(icons.Off)
	begun := time.Now()
	d.pick(d.entries(), "Quit")
	d.until("the end of the program", func() bool { return happened(p.ended) })
	const most = 4 * time.Second // 2 s, and as much for the mouse
	if took := time.Since(begun); took > most || p.err != nil {
		t.Errorf("the program ended after %v with %v, want %v at most", took, p.err, most)
	}
	d.until("a panel without the icon", func() bool {
		_, ok := d.finds(icons.Off)
		return !ok
	})
	d.endPanel()
}
