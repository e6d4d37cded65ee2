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

	"claude-sync/syncer"
	"claude-sync/syncer/project"
)

func TestAWalkThroughTheTray(t *testing.T) {
	t.Parallel()
	bus, _ := startBus(t)
	panel := newPanel(t, bus)
	w := newWorld(t, "my_app")
	here := filepath.Join(w.desktop, "code", "my_app")
	w.writes(w.desktopPaths, here, sessionNumber(1), 1, "fix the login")
	p := start(t, w.desktop, bus)
	panel.registered()
	if got := panel.property("Id"); got != "claude-sync" {
		t.Errorf("got id %q, want claude-sync", got)
	}

	panel.click(panel.shows("my__app", "Push 1 session"))
	panel.shows("", "Up to date")
	packs, err := filepath.Glob(filepath.Join(w.share, "*", string(sessionNumber(1))+"-desktop.ccsync"))
	if err != nil || len(packs) != 1 {
		t.Errorf("got the packs %q, %v, want one of this session", packs, err)
	}

	w.writes(w.lapPaths, filepath.Join(w.laptop, "code", "my_app"), sessionNumber(2), 2, "from the laptop")
	w.laptopPushes()
	panel.click(panel.shows("my__app", "Pull 1 session from laptop")) // noticed by itself
	panel.shows("", "Up to date")
	m, err := syncer.Open(w.desktopPaths)
	if err != nil {
		t.Fatal(err)
	}
	path, err := m.Store.TranscriptPath(here, sessionNumber(2))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || !strings.Contains(string(got), "from the laptop") {
		t.Errorf("got the transcript %q, %v, want the laptop's row in it", got, err)
	}

	panel.click(panel.shows("my__app", "Open folder"))
	if got := p.says("open "); got != "open "+here {
		t.Errorf("got %q, want %q", got, "open "+here)
	}
	panel.click(panel.shows("", "Quit"))
	p.endsWell()
}

func TestAProjectRegisteredWhileWeRunAppears(t *testing.T) {
	t.Parallel()
	bus, _ := startBus(t)
	panel := newPanel(t, bus)
	w := newWorld(t, "one")
	p := start(t, w.desktop, bus)
	panel.registered()
	panel.shows("one", "Forget")
	two := filepath.Join(w.desktop, "code", "two")
	clone(t, two)
	m, err := syncer.Open(w.desktopPaths)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.Register(t.Context(), two); err != nil {
		t.Fatal(err)
	}
	panel.click(panel.shows("two", "Forget"))
	p.says("asked forget")
	panel.until("no entry of it", func(rows []row) bool { _, ok := find1(rows, "two"); return !ok })
}

func TestAForgottenSetUpIsMadeByAClick(t *testing.T) {
	t.Parallel()
	bus, _ := startBus(t)
	panel := newPanel(t, bus)
	home := filepath.Join(shortFolder(t), "home")
	mkdir(t, filepath.Join(home, "Sync"))
	p := start(t, home, bus)
	panel.registered()
	panel.click(panel.shows("", "Use Sync/claude-sync"))
	p.says("asked use-folder")
	panel.shows("", "Up to date")
	if _, err := trialPaths(home).Load(); err != nil {
		t.Error(err)
	}
}

func TestTheIconReturnsWithThePanel(t *testing.T) {
	t.Parallel()
	bus, _ := startBus(t)
	first := newPanel(t, bus)
	w := newWorld(t, "app")
	p := start(t, w.desktop, bus)
	for range 3 {
		first.registered()
		first.shows("app", "Forget")
		first.conn.Close()
		first = newPanel(t, bus)
	}
	first.registered()
	first.click(first.shows("", "Quit"))
	p.endsWell()
}

func TestWithoutAPanelWeSaySoOnceAndWaitForOne(t *testing.T) {
	t.Parallel()
	bus, _ := startBus(t)
	w := newWorld(t, "app")
	p := start(t, w.desktop, bus)
	if got := p.says("warn "); !strings.Contains(got, ErrNoTray.Error()) || !strings.Contains(got, "AppIndicator") {
		t.Errorf("got %q, want what is wrong and what to do about it", got)
	}
	panel := newPanel(t, bus)
	panel.registered()
	panel.click(panel.shows("", "Quit"))
	p.endsWell()
}

func TestAtLoginWeWaitQuietlyForThePanel(t *testing.T) {
	t.Parallel()
	bus, _ := startBus(t)
	w := newWorld(t, "app")
	p := start(t, w.desktop, bus, "TRAY_TRIAL_LOGIN=1")
	p.says("look")
	watch := time.NewTimer(patience + patience/2)
	for waiting := true; waiting; {
		select {
		case line := <-p.lines:
			if strings.HasPrefix(line, "warn") {
				t.Errorf("the program said %q", line)
			}
		case <-watch.C:
			waiting = false
		}
	}
	panel := newPanel(t, bus)
	panel.registered()
}

func TestWithoutABusWeSaySo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "app")
	p := start(t, w.desktop, "unix:path="+filepath.Join(w.dir, "no-bus"))
	if got := p.ends(); !strings.HasPrefix(got, ErrNoBus.Error()) {
		t.Errorf("got the end %q, want %q", got, ErrNoBus)
	}
}

func TestASecondStartShowsTheFirst(t *testing.T) {
	t.Parallel()
	bus, _ := startBus(t)
	panel := newPanel(t, bus)
	w := newWorld(t, "app")
	first := start(t, w.desktop, bus)
	panel.registered()
	first.says("look")
	second := start(t, w.desktop, bus)
	if got := second.ends(); got != ErrRunning.Error() {
		t.Errorf("got the end %q, want %q", got, ErrRunning)
	}
	if got := first.says("say "); !strings.Contains(got, "up to date") {
		t.Errorf("got %q, want its state", got)
	}
}

func TestTermAndADyingBusEndUsCleanly(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(p *program, stopBus func()){
		"SIGTERM":   func(p *program, _ func()) { _ = p.cmd.Process.Signal(syscall.SIGTERM) },
		"bus dies":  func(_ *program, stopBus func()) { stopBus() },
		"both ways": func(p *program, stopBus func()) { stopBus(); _ = p.cmd.Process.Signal(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			bus, stop := startBus(t)
			panel := newPanel(t, bus)
			w := newWorld(t, "app")
			p := start(t, w.desktop, bus)
			panel.registered()
			p.says("look")
			end(p, stop)
			p.endsWell()
		})
	}
}

func TestFiveHundredProjectsAndNastyNames(t *testing.T) {
	t.Parallel()
	bus, _ := startBus(t)
	panel := newPanel(t, bus)
	w := newWorld(t, "app")
	reg, err := project.Load(w.desktopPaths.Registry)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("long", 75)
	now := time.Now()
	for i, name := range append([]string{"R&D <b>", "my_app", long}, strings.Fields(strings.Repeat("p ", 500))...) {
		cwd := filepath.Join(w.desktop, "many", fmt.Sprint(i))
		mkdir(t, cwd)
		if name == "p" {
			name = fmt.Sprint("p", i)
		}
		key, err := project.ParseKey("git:https://example.com/me/" + name)
		if err != nil {
			t.Fatal(err)
		}
		reg, _ = reg.Register(key, cwd, now.Add(-time.Duration(i)*time.Hour))
	}
	if err := os.WriteFile(w.desktopPaths.Registry, reg.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	w.writes(w.desktopPaths, filepath.Join(w.desktop, "many", "1"), sessionNumber(3), 3, "bad \xff\xfe bytes")
	p := start(t, w.desktop, bus)
	panel.registered()
	rows := panel.until("all projects", func(rows []row) bool { _, ok := find1(rows, "More projects (489)"); return ok })
	for _, want := range []string{"R&D <b>", "my__app", "longlong"} {
		if _, ok := find1(rows, want); !ok {
			t.Errorf("no entry has %q; the menu is\n%s", want, drawing(rows, ""))
		}
	}
	if r, _ := find1(rows, "my__app"); !strings.Contains(drawing(r.children, ""), "bad") {
		t.Errorf("the session of invalid UTF-8 is not in\n%s", drawing(r.children, ""))
	}
	for i, r := range rows {
		if len([]rune(r.label)) > longestLabel || r.line && (i == 0 || i == len(rows)-1 || rows[i-1].line) {
			t.Errorf("row %d is wrong in\n%s", i, drawing(rows, ""))
		}
	}
	panel.click(panel.shows("", "Quit"))
	p.endsWell()
}

func TestNoClickIsLost(t *testing.T) {
	t.Parallel()
	bus, _ := startBus(t)
	panel := newPanel(t, bus)
	w := newWorld(t, "app")
	m, err := syncer.Open(w.desktopPaths)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 12 {
		dir := filepath.Join(w.desktop, "code", fmt.Sprint("app", i))
		clone(t, dir)
		if _, _, err := m.Register(context.Background(), dir); err != nil {
			t.Fatal(err)
		}
	}
	p := start(t, w.desktop, bus)
	panel.registered()
	var entries []row
	panel.until("all projects", func(rows []row) bool {
		entries = nil
		for _, r := range rows {
			if keep, ok := find1(r.children, "Keep on this machine only"); ok {
				entries = append(entries, keep)
			}
		}
		return len(entries) == 13
	})
	for _, e := range entries {
		panel.click(e)
	}
	for range entries {
		p.says("asked keep-local")
	}
	panel.until("all kept", func(rows []row) bool { return strings.Count(drawing(rows, ""), "(only on this machine)") == 13 })
}
