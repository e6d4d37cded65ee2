// Package desktoptest is the desktop that tests of the tray and of notifications need: a session bus of
// the test's own, a panel that reads menus and clicks in them, a notification service, the program under
// test as a child, and two machines with checkouts of the same repository.
//
// It does not draw anything: that a person sees what the panel here reads is for tests with a real one to
// prove.
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

// TooLong is how long anything here may take before the test fails; all of it takes well below a tenth,
// on a machine that does nothing else.
const TooLong = 60 * time.Second

// busConfig names no folders of services, so nothing is there but what a test has started.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>`

// StartBus runs a private session bus and returns its address and what ends it before the test does.
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

// ShortFolder is a temporary folder whose path is short enough for sockets.
func ShortFolder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cs")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // a child that is being killed may still write
	return dir
}

// Connect makes a connection to the bus that lasts as long as the test.
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
