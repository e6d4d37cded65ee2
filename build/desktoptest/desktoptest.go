// Package desktoptest provides a desktop for tests of the tray and of notifications: a private session bus, a panel
// that reads menus and clicks in them, a notification service, the program under test as a child, and two machines
// with checkouts of the same repository.
//
// It draws nothing, so it does not prove that a person sees what the panel reads. Tests with a real panel do.
package desktoptest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// TooLong is the time after which a test stops waiting for something and fails. On an idle machine everything takes
// less than a tenth of it.
const TooLong = 60 * time.Second

// busConfig names no folders of services, so the bus has only services that a test has started.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>`

// StartBus starts a private session bus. It returns the bus's address and a function that stops the bus before the
// test ends.
func StartBus(t testing.TB) (address string, stop func()) {
	t.Helper()
	daemon, err := exec.LookPath("dbus-daemon")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	dir := ShortFolder(t)
	config := filepath.Join(dir, "bus.conf")
	must(t, os.WriteFile(config, fmt.Appendf(nil, busConfig, filepath.Join(dir, "bus")), 0o600))
	c := exec.Command(daemon, "--config-file="+config, "--nofork", "--nopidfile", "--print-address=1")
	endsWithUs(c)
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	stop = func() { _ = c.Process.Kill(); _ = c.Wait() }
	t.Cleanup(stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	return strings.TrimSpace(line), stop
}

// ShortFolder returns a temporary folder whose path is short enough for sockets.
func ShortFolder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cs")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // a child that is being killed may still write
	return dir
}

// Connect returns a connection to the bus that is closed when the test ends.
func Connect(t testing.TB, address string) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(address)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// next waits for the next value of a channel.
func next[T any](t testing.TB, from <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(TooLong):
		t.Fatalf("there was no %s", what)
		panic("unreachable")
	}
}
