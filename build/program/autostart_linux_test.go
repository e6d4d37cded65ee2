package program

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"claude-sync/build/desktoptest"
)

// install puts the program into a folder that survives until the next login. The test binary is in a temporary
// folder, and the program warns about that.
func (d *desk) install(path string) {
	d.t.Helper()
	desktoptest.Mkdir(d.t, filepath.Dir(path))
	if os.Link(os.Getenv(builtAt), path) == nil {
		return
	}
	from, err := os.Open(os.Getenv(builtAt))
	d.must(err)
	defer from.Close()
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o700)
	d.must(err)
	_, err = io.Copy(to, from)
	d.must(err)
	d.must(to.Close())
}

// says runs a command of the program at path. The command has to succeed and print this answer.
func (d *desk) says(path, want string, args ...string) {
	d.t.Helper()
	c := d.child(args...)
	c.Path = path
	p := c.Start(d.t)
	if code := p.Ends(); code != 0 || p.Output() != want {
		d.t.Errorf("%q: got exit code %d and %q, want %q", args, code, p.Output(), want)
	}
}

// loginShown waits until the menu shows the setting so.
func (d *desk) loginShown(on bool) {
	d.t.Helper()
	d.panel.Until("start at login as it is", func(rows []desktoptest.Row) bool {
		r, ok := desktoptest.Find(rows, "Start at login")
		return ok && r.Checked == on
	})
}

// need skips or fails a test whose program is missing.
func need(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}

func TestTheMenuAndTheCommandSwitchTheSameEntry(t *testing.T) {
	d := newDesk(t)
	path := filepath.Join(d.Dir, "my programs", "claude-sync")
	d.install(path)
	entry := filepath.Join(d.Desktop.Home, ".config", "autostart", "claude-sync.desktop")
	d.newPanel()
	d.path = path
	d.start()
	d.loginShown(false)
	d.says(path, "off", "autostart", "status")

	d.panel.Click(d.panel.Shows("", "Start at login"))
	d.loginShown(true)
	d.says(path, "on", "autostart", "status")
	if out, err := exec.Command(need(t, "desktop-file-validate"), entry).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("desktop-file-validate: %v\n%s", err, out)
	}

	d.says(path, "off", "autostart", "off")
	d.look()
	d.loginShown(false)
	d.says(path, "on", "autostart", "on")
	d.look()
	d.loginShown(true)

	// Switched off in the desktop's own settings.
	text, err := os.ReadFile(entry)
	d.must(err)
	d.must(os.WriteFile(entry, append(text, "Hidden=true\n"...), 0o644))
	d.look()
	d.loginShown(false)
	d.says(path, "switched off elsewhere", "autostart", "status")
	d.panel.Click(d.panel.Shows("", "Start at login"))
	d.loginShown(true)
	d.says(path, "on", "autostart", "status")
	d.panel.Click(d.panel.Shows("", "Start at login"))
	d.loginShown(false)
	if _, err := os.Stat(entry); err == nil {
		t.Error("the entry is still there")
	}
	d.quits()
}

// A package manager installs a version's folder and a link to it, and an update removes the old folder.
func TestAnEntryThatWasMadeThroughALinkOutlivesAnUpdate(t *testing.T) {
	d := newDesk(t)
	link := filepath.Join(d.Dir, "bin", "claude-sync")
	old, updated := filepath.Join(d.Dir, "cellar", "1.0", "claude-sync"), filepath.Join(d.Dir, "cellar", "1.1", "claude-sync")
	d.install(old)
	d.install(updated)
	desktoptest.Mkdir(t, filepath.Dir(link))
	d.must(os.Symlink(old, link))
	d.says(link, "on", "autostart", "on")
	d.must(os.RemoveAll(filepath.Dir(old)))
	d.must(os.Remove(link))
	d.must(os.Symlink(updated, link))
	d.says(link, "on", "autostart", "status")
}

// A desktop starts the entry as a login does. If the program was moved, its next run has repaired the entry.
func TestTheDesktopStartsTheEntry(t *testing.T) {
	gio := need(t, "gio")
	d := newDesk(t)
	old, path := filepath.Join(d.Dir, "old", "claude-sync"), filepath.Join(d.Dir, "50 & more $HOME", `it's "claude-sync"`)
	d.install(old)
	d.says(old, "on", "autostart", "on")
	d.must(os.RemoveAll(filepath.Dir(old)))
	d.install(path)
	d.newPanel()
	d.path = path
	d.start()
	d.loginShown(true)
	d.quits()

	entry := filepath.Join(d.Desktop.Home, ".config", "autostart", "claude-sync.desktop")
	c := d.child("launch", entry)
	c.Path = gio
	d.must(c.Command().Run()) // its child keeps the output open, so the test does not read it
	d.panel.Registered()
	pid := d.panel.PID()
	t.Cleanup(func() { // the program is not a child of the test
		if p, err := os.FindProcess(pid); err == nil && t.Failed() {
			_ = p.Kill()
		}
	})
	args, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(pid), "cmdline"))
	d.must(err)
	if want := path + "\x00" + "--at-login" + "\x00"; string(args) != want {
		t.Errorf("got the command line %q, want %q", args, want)
	}
	d.panel.Shows("", "looked")
	d.panel.Click(d.panel.Shows("", "Quit"))
	d.panel.Gone()
}
