package tray

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"claude-sync/build/desktoptest"
	"claude-sync/syncer/project"
	"claude-sync/tray/session"
)

// longestLabel is the panel package's bound. Soon is less than its time in which a click is too soon, with room for a
// busy machine.
const (
	longestLabel = 120
	soon         = 200 * time.Millisecond
)

func TestAWalkThroughTheTray(t *testing.T) {
	t.Parallel()
	bus, _ := desktoptest.StartBus(t)
	panel := desktoptest.NewPanel(t, bus)
	w := desktoptest.NewWorld(t, "my_app")
	here := filepath.Join(w.Desktop.Code, "my_app")
	w.Desktop.Writes(here, desktoptest.SessionNumber(1), 1, "fix the login")
	p := start(t, w.Desktop.Home, bus)
	panel.Registered()
	if got := panel.Property("Id"); got != "claude-sync" {
		t.Errorf("got id %q, want claude-sync", got)
	}

	panel.Click(panel.Shows("my__app", "Push 1 session"))
	panel.Shows("", "Up to date")
	packs, err := filepath.Glob(filepath.Join(w.Share, "*", string(desktoptest.SessionNumber(1))+"-desktop.ccsync"))
	if err != nil || len(packs) != 1 {
		t.Errorf("got the packs %q, %v, want one of this session", packs, err)
	}

	w.Laptop.Writes(filepath.Join(w.Laptop.Code, "my_app"), desktoptest.SessionNumber(2), 2, "from the laptop")
	w.Laptop.Pushes()
	panel.Click(panel.Shows("my__app", "Pull 1 session from laptop")) // noticed by itself
	panel.Shows("", "Up to date")
	path := w.Desktop.Transcript(here, desktoptest.SessionNumber(2))
	if got, err := os.ReadFile(path); err != nil || !strings.Contains(string(got), "from the laptop") {
		t.Errorf("got the transcript %q, %v, want the laptop's row in it", got, err)
	}

	panel.Click(panel.Shows("my__app", "Open folder"))
	if got := p.Says("open "); got != "open "+here {
		t.Errorf("got %q, want %q", got, "open "+here)
	}
	panel.Click(panel.Shows("", "Quit"))
	p.endsWell()
}

func TestAProjectRegisteredWhileWeRunAppears(t *testing.T) {
	t.Parallel()
	bus, _ := desktoptest.StartBus(t)
	panel := desktoptest.NewPanel(t, bus)
	w := desktoptest.NewWorld(t, "one")
	p := start(t, w.Desktop.Home, bus)
	panel.Registered()
	panel.Shows("one", "Forget")
	two := filepath.Join(w.Desktop.Code, "two")
	desktoptest.Clone(t, two)
	m := w.Desktop.Open()
	if _, _, err := m.Register(t.Context(), two); err != nil {
		t.Fatal(err)
	}
	panel.Click(panel.Shows("two", "Forget"))
	p.Says("asked forget")
	panel.Until("no entry of it", func(rows []desktoptest.Row) bool { _, ok := desktoptest.Find(rows, "two"); return !ok })
}

func TestAForgottenSetUpIsMadeByAClick(t *testing.T) {
	t.Parallel()
	bus, _ := desktoptest.StartBus(t)
	panel := desktoptest.NewPanel(t, bus)
	home := filepath.Join(desktoptest.ShortFolder(t), "home")
	desktoptest.Mkdir(t, filepath.Join(home, "Sync"))
	p := start(t, home, bus)
	panel.Registered()
	panel.Click(panel.Shows("", "Use Sync/claude-sync"))
	p.Says("asked use-folder")
	panel.Shows("", "Up to date")
	if _, err := desktoptest.Paths(home).Load(); err != nil {
		t.Error(err)
	}
}

func TestTheIconReturnsWithThePanel(t *testing.T) {
	t.Parallel()
	bus, _ := desktoptest.StartBus(t)
	first := desktoptest.NewPanel(t, bus)
	w := desktoptest.NewWorld(t, "app")
	p := start(t, w.Desktop.Home, bus)
	for range 3 {
		first.Registered()
		first.Shows("app", "Forget")
		first.Close()
		first = desktoptest.NewPanel(t, bus)
	}
	first.Registered()
	first.Click(first.Shows("", "Quit"))
	p.endsWell()
}

// At login program and panel start together, and the library has a moment in which it misses a panel.
func TestAPanelThatWasMissedGetsTheIcon(t *testing.T) {
	t.Parallel()
	bus, _ := desktoptest.StartBus(t)
	first := desktoptest.NewDeafPanel(t, bus, 1)
	w := desktoptest.NewWorld(t, "app")
	p := start(t, w.Desktop.Home, bus)
	first.Registered()
	first.Shows("", "Up to date")
	first.Close()
	second := desktoptest.NewDeafPanel(t, bus, 1)
	second.Registered()
	second.Click(second.Shows("", "Quit"))
	p.endsWell()
}

func TestWithoutAPanelWeSaySoOnceAndWaitForOne(t *testing.T) {
	t.Parallel()
	bus, _ := desktoptest.StartBus(t)
	w := desktoptest.NewWorld(t, "app")
	p := start(t, w.Desktop.Home, bus)
	if got := p.Says("warn "); !strings.Contains(got, ErrNoTray.Error()) || !strings.Contains(got, "AppIndicator") {
		t.Errorf("got %q, want what is wrong and what to do about it", got)
	}
	panel := desktoptest.NewPanel(t, bus)
	panel.Registered()
	panel.Click(panel.Shows("", "Quit"))
	p.endsWell()
}

func TestAtLoginWeWaitQuietlyForThePanel(t *testing.T) {
	t.Parallel()
	bus, _ := desktoptest.StartBus(t)
	w := desktoptest.NewWorld(t, "app")
	p := start(t, w.Desktop.Home, bus, "TRAY_TRIAL_LOGIN=1")
	p.Says("look")
	watch := time.NewTimer(panelTimeout + panelTimeout/2)
	for waiting := true; waiting; {
		select {
		case line := <-p.Lines():
			if strings.HasPrefix(line, "warn") {
				t.Errorf("the program said %q", line)
			}
		case <-watch.C:
			waiting = false
		}
	}
	panel := desktoptest.NewPanel(t, bus)
	panel.Registered()
}

func TestWithoutABusWeSaySo(t *testing.T) {
	t.Parallel()
	w := desktoptest.NewWorld(t, "app")
	p := start(t, w.Desktop.Home, "unix:path="+filepath.Join(w.Dir, "no-bus"))
	if got := p.ends(); !strings.HasPrefix(got, session.ErrNoBus.Error()) {
		t.Errorf("got the end %q, want %q", got, session.ErrNoBus)
	}
}

func TestASecondStartShowsTheFirst(t *testing.T) {
	t.Parallel()
	bus, _ := desktoptest.StartBus(t)
	panel := desktoptest.NewPanel(t, bus)
	w := desktoptest.NewWorld(t, "app")
	first := start(t, w.Desktop.Home, bus)
	panel.Registered()
	first.Says("look")
	second := start(t, w.Desktop.Home, bus)
	if got := second.ends(); got != ErrRunning.Error() {
		t.Errorf("got the end %q, want %q", got, ErrRunning)
	}
	if got := first.Says("say "); !strings.Contains(got, "up to date") {
		t.Errorf("got %q, want its state", got)
	}
}

func TestTermAndADyingBusEndUsCleanly(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(p *program, stopBus func()){
		"SIGTERM":   func(p *program, _ func()) { p.Signal(syscall.SIGTERM) },
		"bus dies":  func(_ *program, stopBus func()) { stopBus() },
		"both ways": func(p *program, stopBus func()) { stopBus(); p.Signal(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			bus, stop := desktoptest.StartBus(t)
			panel := desktoptest.NewPanel(t, bus)
			w := desktoptest.NewWorld(t, "app")
			p := start(t, w.Desktop.Home, bus)
			panel.Registered()
			p.Says("look")
			end(p, stop)
			p.endsWell()
		})
	}
}

func TestFiveHundredProjectsAndNastyNames(t *testing.T) {
	t.Parallel()
	bus, _ := desktoptest.StartBus(t)
	panel := desktoptest.NewPanel(t, bus)
	w := desktoptest.NewWorld(t, "app")
	reg, err := project.Load(w.Desktop.Paths.Registry)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("long", 75)
	now := time.Now()
	for i, name := range append([]string{"R&D <b>", "my_app", long}, strings.Fields(strings.Repeat("p ", 500))...) {
		cwd := filepath.Join(w.Desktop.Home, "many", fmt.Sprint(i))
		desktoptest.Mkdir(t, cwd)
		if name == "p" {
			name = fmt.Sprint("p", i)
		}
		key, err := project.ParseKey("git:https://example.com/me/" + name)
		if err != nil {
			t.Fatal(err)
		}
		reg, _ = reg.Register(key, cwd, now.Add(-time.Duration(i)*time.Hour))
	}
	if err := os.WriteFile(w.Desktop.Paths.Registry, reg.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Desktop.Writes(filepath.Join(w.Desktop.Home, "many", "1"), desktoptest.SessionNumber(3), 3, "bad \xff\xfe bytes")
	p := start(t, w.Desktop.Home, bus)
	panel.Registered()
	rows := panel.Until("all projects", func(rows []desktoptest.Row) bool { _, ok := desktoptest.Find(rows, "More projects (489)"); return ok })
	for _, want := range []string{"R&D <b>", "my__app", "longlong"} {
		if _, ok := desktoptest.Find(rows, want); !ok {
			t.Errorf("no entry has %q; the menu is\n%s", want, desktoptest.Drawing(rows, ""))
		}
	}
	if r, _ := desktoptest.Find(rows, "my__app"); !strings.Contains(desktoptest.Drawing(r.Children, ""), "bad") {
		t.Errorf("the session of invalid UTF-8 is not in\n%s", desktoptest.Drawing(r.Children, ""))
	}
	for i, r := range rows {
		if len([]rune(r.Label)) > longestLabel || r.Line && (i == 0 || i == len(rows)-1 || rows[i-1].Line) {
			t.Errorf("row %d is wrong in\n%s", i, desktoptest.Drawing(rows, ""))
		}
	}
	panel.Click(panel.Shows("", "Quit"))
	p.endsWell()
}

func TestAClickRightAfterAChangeIsNotDoneButTold(t *testing.T) {
	t.Parallel()
	bus, _ := desktoptest.StartBus(t)
	panel := desktoptest.NewPanel(t, bus)
	w := desktoptest.NewWorld(t, "app")
	p := start(t, w.Desktop.Home, bus)
	panel.Registered()
	switched := func(on bool) (setting desktoptest.Row) {
		panel.Until("the setting as it is", func(rows []desktoptest.Row) bool {
			setting, _ = desktoptest.Find(rows, "Notifications")
			return setting.Checked == on
		})
		return setting
	}
	setting := switched(true)
	for range 100 { // a busy machine is seldom quick enough
		panel.Reads(setting)
		setting, _ = desktoptest.Find(panel.Menu(), "Notifications")
		begun := time.Now()
		panel.ClickAtOnce(setting)
		setting = switched(!setting.Checked)
		panel.ClickAtOnce(setting)
		if time.Since(begun) > soon {
			continue // it took so long that the click may have been none too soon
		}
		if got := p.Says("say "); !strings.Contains(got, "nothing was done") {
			t.Errorf("got %q, want that nothing was done", got)
		}
		panel.Reads(setting)
		switched(setting.Checked) // as it has been since the first click
		return
	}
	t.Error("no click was quick enough")
}

func TestNoClickIsLost(t *testing.T) {
	t.Parallel()
	bus, _ := desktoptest.StartBus(t)
	panel := desktoptest.NewPanel(t, bus)
	w := desktoptest.NewWorld(t, "app")
	m := w.Desktop.Open()
	for i := range 12 {
		dir := filepath.Join(w.Desktop.Code, fmt.Sprint("app", i))
		desktoptest.Clone(t, dir)
		if _, _, err := m.Register(context.Background(), dir); err != nil {
			t.Fatal(err)
		}
	}
	p := start(t, w.Desktop.Home, bus)
	panel.Registered()
	var entries []desktoptest.Row
	panel.Until("all projects", func(rows []desktoptest.Row) bool {
		entries = nil
		for _, r := range rows {
			if keep, ok := desktoptest.Find(r.Children, "Keep on this machine only"); ok {
				entries = append(entries, keep)
			}
		}
		return len(entries) == 13
	})
	panel.Click(entries[0])
	for _, e := range entries[1:] {
		panel.ClickAtOnce(e)
	}
	for range entries {
		p.Says("asked keep-local")
	}
	panel.Until("all kept", func(rows []desktoptest.Row) bool {
		return strings.Count(desktoptest.Drawing(rows, ""), "(only on this machine)") == 13
	})
}
