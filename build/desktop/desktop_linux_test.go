// Package desktop_test runs the whole program on a real desktop: an X server without a screen, a session bus of its
// own, XFCE's panel, and a notification daemon. The tests act with the mouse and read the pixels, as a person would.
//
// It does not promise anything about other desktops. It does not test that the program registers its icon again,
// because XFCE's panel looks for running programs by itself; the tests of tray do that over the bus.
package desktop_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	notesName   = "org.freedesktop.Notifications"
	serviceDir  = "/usr/share/dbus-1/services"
)

// tooLong is the time after which a test stops waiting for something and fails. On an idle machine, everything
// takes less than three seconds.
const tooLong = 30 * time.Second

// desktop is one person's desktop.
type desktop struct {
	t      *testing.T
	name   string // for its pictures
	dir    string
	env    []string
	screen *screen
	bus    *dbus.Conn
	panel  *process
}

// needs skips the test if a program is missing. In CI it fails instead.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			missing(t, err)
		}
	}
	for _, service := range []string{xfconfService, notifydService} {
		if _, err := os.Stat(filepath.Join(serviceDir, service)); err != nil {
			missing(t, err)
		}
	}
}

func missing(t *testing.T, err error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	t.Skip(err)
}

// newDesktop starts everything except the notification daemon. home is the person's home folder.
func newDesktop(t *testing.T, name, home string, dark bool) *desktop {
	t.Helper()
	d := &desktop{t: t, name: name, dir: filepath.Dir(home)}
	configure(t, d.dir, home, dark)
	// A clean environment: no other bus, no theme, no git settings.
	d.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_RUNTIME_DIR=" + filepath.Join(d.dir, "run"),
		"DBUS_SESSION_BUS_ADDRESS=unix:path=" + filepath.Join(d.dir, "run", "bus"), "LC_ALL=C.UTF-8", "XDG_CURRENT_DESKTOP=XFCE",
		"NO_AT_BRIDGE=1", "GDK_BACKEND=x11"}
	d.startX()
	d.start("dbus-daemon", "--config-file="+filepath.Join(d.dir, "bus.conf"), "--nofork", "--nopidfile")
	d.until("the session bus answers", func() bool {
		conn, err := dbus.Connect("unix:path=" + filepath.Join(d.dir, "run", "bus"))
		d.bus = conn
		return err == nil
	})
	t.Cleanup(d.endSettings)
	d.startPanel()
	return d
}

// startX starts an X server on a free display.
func (d *desktop) startX() {
	d.t.Helper()
	read, write, err := os.Pipe()
	must(d.t, err)
	defer read.Close()
	c := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1000x700x24", "-nolisten", "tcp", "-noreset")
	c.ExtraFiles = []*os.File{write}
	d.run(c)
	must(d.t, write.Close())
	number, err := bufio.NewReader(read).ReadString('\n')
	must(d.t, err)
	number = strings.TrimSpace(number)
	d.env = append(d.env, "DISPLAY=:"+number)
	d.screen = openScreen(d.t, "/tmp/.X11-unix/X"+number)
	d.screen.paint(d.t, 0x4a6a8a)
}

// startPanel starts the panel and waits until it accepts icons.
func (d *desktop) startPanel() {
	d.t.Helper()
	d.panel = d.start("xfce4-panel", "--disable-wm-check")
	d.until("the panel takes icons", func() bool { return d.owned(watcherName) })
}

// endPanel ends the panel and checks that it printed no complaint.
func (d *desktop) endPanel() {
	d.t.Helper()
	d.panel.stop()
	d.until("the panel is gone", func() bool { return !d.owned(watcherName) })
	if bytes.Contains(d.panel.said.Bytes(), []byte("Children but no menu")) {
		d.t.Error("the panel dropped entries of a submenu")
	}
}

// endSettings ends XFCE's settings service, which the bus has started and which writes files when it ends.
func (d *desktop) endSettings() {
	defer d.bus.Close()
	var pid uint32
	if d.bus.BusObject().Call("org.freedesktop.DBus.GetConnectionUnixProcessID", 0, xfconfName).Store(&pid) != nil {
		return // the service has ended
	}
	_ = syscall.Kill(int(pid), syscall.SIGTERM) // the service may end at this moment
	d.until("the end of XFCE's settings", func() bool { return syscall.Kill(int(pid), 0) != nil })
}

// startNotifyd starts XFCE's notification daemon.
func (d *desktop) startNotifyd() {
	d.t.Helper()
	text, err := os.ReadFile(filepath.Join(serviceDir, notifydService))
	must(d.t, err)
	program := regexp.MustCompile(`(?m)^Exec=(.+)$`).FindSubmatch(text)
	if program == nil {
		d.t.Fatalf("no program in\n%s", text)
	}
	d.start(string(program[1]))
	d.until("the notification daemon answers", func() bool { return d.owned(notesName) })
}

// startDunst starts dunst. Like GNOME, it tells only the sender that a notification was closed.
func (d *desktop) startDunst() {
	d.t.Helper()
	// The program by which dunst asks for a choice: it reads lines and prints one of them.
	chooser := filepath.Join(d.dir, "chooser")
	must(d.t, os.WriteFile(chooser, []byte("#!/bin/sh\nexec grep -m1 -F \"Continue laptop's\"\n"), 0o700))
	config := filepath.Join(d.dir, "dunstrc")
	must(d.t, os.WriteFile(config, []byte("[global]\nfont = DejaVu Sans 10\nwidth = 400\ndmenu = "+chooser+"\n[urgency_normal]\ntimeout = 0\n"), 0o600))
	d.start("dunst", "-conf", config)
	d.until("dunst answers", func() bool { return d.owned(notesName) })
}

// owned reports whether a program owns the name on the bus.
func (d *desktop) owned(name string) bool {
	var owned bool
	err := d.bus.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, name).Store(&owned)
	return err == nil && owned
}

// until polls for a condition, and fails after tooLong.
func (d *desktop) until(what string, ok func() bool) {
	d.t.Helper()
	late := time.After(tooLong)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !ok() {
		select {
		case <-again.C:
		case <-late:
			if d.screen != nil {
				d.keep("failed", d.screen.bounds)
			}
			d.t.Fatalf("not seen in %v: %s", tooLong, what)
		}
	}
}

// process is a program of the desktop.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{}
	err   error         // after ended
	said  *bytes.Buffer // after ended
}

// start runs a program of this desktop until the test ends.
func (d *desktop) start(program string, args ...string) *process {
	d.t.Helper()
	return d.run(exec.Command(program, args...))
}

func (d *desktop) run(c *exec.Cmd) *process {
	d.t.Helper()
	var said bytes.Buffer
	c.Env, c.Dir, c.Stdout, c.Stderr = d.env, d.dir, &said, &said
	// Do not wait for a child of the program that keeps the output open.
	c.WaitDelay = time.Second
	must(d.t, c.Start())
	p := &process{cmd: c, ended: make(chan struct{}), said: &said}
	go func() {
		p.err = c.Wait()
		close(p.ended)
	}()
	d.t.Cleanup(func() {
		p.stop()
		if d.t.Failed() {
			d.t.Logf("%s said:\n%s", filepath.Base(c.Path), said.Bytes())
		}
	})
	return p
}

// stop ends the program, by force if it does not react.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.ended:
	case <-time.After(5 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// call runs a program of this desktop to its end and returns what it printed.
func (d *desktop) call(program string, args ...string) string {
	d.t.Helper()
	c := exec.Command(program, args...)
	c.Env = d.env
	out, err := c.CombinedOutput()
	if err != nil {
		d.t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, text string, path ...string) {
	t.Helper()
	name := filepath.Join(path...)
	must(t, os.MkdirAll(filepath.Dir(name), 0o700))
	must(t, os.WriteFile(name, []byte(text), 0o600))
}

func mkdir(t *testing.T, path ...string) string {
	t.Helper()
	dir := filepath.Join(path...)
	must(t, os.MkdirAll(dir, 0o700))
	return dir
}

// shortFolder is a temporary folder whose path is short enough for sockets.
func shortFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cs")
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) }) // all programs that write there have ended
	return dir
}
