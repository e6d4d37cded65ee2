//go:build unix && !darwin

package notify

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// deadline is how long anything here may take; all of it takes milliseconds.
const deadline = 20 * time.Second

// next waits for the next value.
func next[T any](t *testing.T, from <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(deadline):
		t.Fatalf("no %s", what)
		panic("unreachable")
	}
}

// path is where programs are before a test says otherwise.
var path = os.Getenv("PATH")

// startBus makes a session bus of the test's own, on which nothing can be started, and ends it with the test.
func startBus(t *testing.T) (stop func()) {
	t.Helper()
	t.Setenv("PATH", path)
	program, err := exec.LookPath("dbus-daemon")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("dbus-daemon is missing")
		}
		t.Skip("dbus-daemon is missing")
	}
	dir, err := os.MkdirTemp("", "nb") // a socket's path has to be short
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	config := filepath.Join(dir, "bus.conf")
	must(t, os.WriteFile(config, []byte(`<busconfig><type>session</type><listen>unix:dir=`+dir+`</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`), 0o600))
	daemon := exec.Command(program, "--config-file="+config, "--nofork", "--print-address")
	daemon.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // also when the test run is cut off
	out, err := daemon.StdoutPipe()
	must(t, err)
	must(t, daemon.Start())
	stop = func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
	}
	t.Cleanup(stop)
	address, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
	t.Setenv("PATH", t.TempDir()) // no notify-send
	return stop
}

// server is a notification service.
type server struct {
	conn  *dbus.Conn
	can   []string
	notes chan shown
	hold  chan struct{} // Notify does not answer before it is closed
	last  atomic.Uint32
	asked atomic.Int32 // for capabilities
}

// shown is one Notify.
type shown struct {
	id, replaces        uint32
	app, icon           string
	title, body, sender string
	actions             []string
	hints               map[string]dbus.Variant
	timeout             int32
}

// Notify implements the service.
func (s *server) Notify(sender dbus.Sender, app string, replaces uint32, icon, title, body string, actions []string,
	hints map[string]dbus.Variant, timeout int32) (uint32, *dbus.Error) {
	id := replaces
	if id == 0 {
		id = s.last.Add(1)
	}
	s.notes <- shown{id, replaces, app, icon, title, body, string(sender), actions, hints, timeout}
	<-s.hold
	return id, nil
}

// GetCapabilities implements the service.
func (s *server) GetCapabilities() ([]string, *dbus.Error) {
	s.asked.Add(1)
	return s.can, nil
}

// serve puts a service on the bus; its first note has the number after base.
func serve(t *testing.T, base uint32, can ...string) *server {
	t.Helper()
	open := make(chan struct{})
	close(open)
	return serveHolding(t, base, open, can...)
}

// serveHolding is one that does not answer before hold is closed.
func serveHolding(t *testing.T, base uint32, hold chan struct{}, can ...string) *server {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	s := &server{conn: conn, can: can, notes: make(chan shown, 100), hold: hold}
	s.last.Store(base)
	must(t, conn.Export(s, busPath, busName))
	return s
}

// appear takes the service's name, from another one if need be.
func (s *server) appear(t *testing.T) *server {
	t.Helper()
	_, err := s.conn.RequestName(busName, dbus.NameFlagReplaceExisting|dbus.NameFlagAllowReplacement)
	must(t, err)
	return s
}

func (s *server) emit(t *testing.T, name string, args ...any) {
	t.Helper()
	must(t, s.conn.Emit(busPath, name, args...))
}

// whisper sends a signal to one connection, which needs no match rule there, and waits until the bus has
// passed it on.
func (s *server) whisper(t *testing.T, to, member string, args ...any) {
	t.Helper()
	m := &dbus.Message{Type: dbus.TypeSignal, Body: args, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldPath: dbus.MakeVariant(dbus.ObjectPath(busPath)), dbus.FieldInterface: dbus.MakeVariant(busName),
		dbus.FieldMember: dbus.MakeVariant(member), dbus.FieldDestination: dbus.MakeVariant(to),
		dbus.FieldSignature: dbus.MakeVariant(dbus.SignatureOf(args...))}}
	s.conn.Send(m, nil)
	var id string
	must(t, s.conn.BusObject().Call("org.freedesktop.DBus.GetId", 0).Store(&id))
}

// watched is a Desktop with its callbacks as channels.
type watched struct {
	*Desktop
	clicked chan Request
	failed  chan string
}

func watch(t *testing.T, patience time.Duration) watched {
	t.Helper()
	w := watched{clicked: make(chan Request, 100), failed: make(chan string, 100)}
	w.Desktop = start(Options{Clicked: func(r Request) { w.clicked <- r }, Failed: func(n Note, err error) { w.failed <- n.ID + ": " + err.Error() }},
		patience, newCarrier)
	t.Cleanup(w.Close)
	return w
}

// pull is a note with a button.
func pull(id string) Note {
	return Note{ID: id, Title: "2 sessions from laptop", Body: "'R&D <b>'", Buttons: []Button{
		{"Pull", Request{Action: Pull, Project: key("app")}}, {"Other", Request{Action: CheckHealth}}}}
}

func TestANoteIsShownOnceWithAllThatItHas(t *testing.T) {
	startBus(t)
	s := serve(t, 0, "actions", "body").appear(t)
	d := watch(t, deadline)
	n := pull("a")
	n.Urgent = true
	show(t, d.Desktop, n, Note{ID: "b", Title: "last"})
	got := next(t, s.notes, "note")
	if got.title != n.Title || got.body != n.Body || got.replaces != 0 || got.app != "claude-sync" || got.timeout != -1 {
		t.Errorf("got %+v, want the note", got)
	}
	if len(got.actions) != 4 || got.actions[1] != "Pull" || got.actions[3] != "Other" || got.actions[0] == got.actions[2] {
		t.Errorf("got the actions %q, want two with keys of their own", got.actions)
	}
	if got.hints["urgency"].Value() != byte(2) || got.hints["desktop-entry"].Value() != "claude-sync" {
		t.Errorf("got the hints %v", got.hints)
	}
	if picture, ok := got.hints["image-data"].Value().([]any); !ok || picture[0] != int32(128) || len(picture[6].([]byte)) != 128*128*4 {
		t.Error("got no picture of 128 pixels")
	}
	if second := next(t, s.notes, "second note"); second.title != "last" || second.hints["urgency"].Value() != byte(1) {
		t.Errorf("got %+v, want the other note, once and calm", second)
	}
	if got := s.asked.Load(); got != 1 {
		t.Errorf("capabilities: got %d questions, want 1", got)
	}
}

// The tray's library loses its icon when the end of a notification comes on the shared connection.
func TestTheConnectionIsNotTheSharedOne(t *testing.T) {
	startBus(t)
	s := serve(t, 0).appear(t)
	shared, err := dbus.SessionBus()
	must(t, err)
	defer shared.Close()
	d := watch(t, deadline)
	show(t, d.Desktop, pull("a"))
	if got := next(t, s.notes, "note").sender; got == shared.Names()[0] {
		t.Errorf("got %s, want another connection", got)
	}
}

func TestANoteReplacesTheOneThatIsToBeSeen(t *testing.T) {
	startBus(t)
	s := serve(t, 100, "actions").appear(t)
	d := watch(t, deadline)
	show(t, d.Desktop, pull("a"), pull("other"))
	first, other := next(t, s.notes, "note"), next(t, s.notes, "note")
	show(t, d.Desktop, pull("a"))
	second := next(t, s.notes, "note")
	if first.id != 101 || other.id != 102 || second.replaces != first.id {
		t.Errorf("got %d, %d, then %d replaced, want 101, 102 and 101", first.id, other.id, second.replaces)
	}
	show(t, d.Desktop, pull("later"))
	next(t, s.notes, "note") // so the answer about the one before was taken
	s.emit(t, noteClosed, second.id, uint32(2))
	s.emit(t, actionInvoked, other.id, other.actions[0])
	next(t, d.clicked, "click") // signals are heard in their order
	show(t, d.Desktop, pull("a"))
	if got := next(t, s.notes, "note").replaces; got != 0 {
		t.Errorf("got %d replaced, want a new note after the old one was closed", got)
	}
}

func TestAButtonComesBackOnce(t *testing.T) {
	startBus(t)
	s := serve(t, 0, "actions").appear(t)
	stranger := serve(t, 0)
	d := watch(t, deadline)
	first := pull("a")
	first.Buttons[0].Do.Action = Push
	show(t, d.Desktop, first, pull("b"))
	old, b := next(t, s.notes, "note"), next(t, s.notes, "note")
	show(t, d.Desktop, pull("a"))
	a := next(t, s.notes, "note")
	// None of these is a press of ours.
	stranger.emit(t, actionInvoked, a.id, a.actions[2])
	stranger.whisper(t, a.sender, "ActionInvoked", a.id, a.actions[2])
	s.emit(t, actionInvoked, "wrong", 5)
	s.emit(t, actionInvoked)
	s.emit(t, noteClosed)
	s.emit(t, actionInvoked, a.id, "default")
	s.emit(t, actionInvoked, old.id, old.actions[0]) // replaced meanwhile
	s.emit(t, actionInvoked, a.id, a.actions[0])
	s.emit(t, actionInvoked, a.id, a.actions[0])
	s.emit(t, actionInvoked, a.id, a.actions[2])
	s.emit(t, actionInvoked, b.id, b.actions[2])
	if got := next(t, d.clicked, "click"); got != (Request{Action: Pull, Project: key("app")}) {
		t.Errorf("got %+v, want Pull", got)
	}
	if got := next(t, d.clicked, "click"); got != (Request{Action: CheckHealth}) {
		t.Errorf("got %+v, want only the other note's button after the first", got)
	}
}

func TestTheServersCapabilitiesAreHeeded(t *testing.T) {
	for name, c := range map[string]struct {
		can     []string
		body    string
		actions int
	}{
		"markup and buttons": {[]string{"body", "body-markup", "actions"}, "'R&amp;D &lt;b&gt;'", 4},
		"buttons":            {[]string{"body", "actions"}, "'R&D <b>'", 4},
		"nothing":            {nil, "'R&D <b>'", 0},
	} {
		t.Run(name, func(t *testing.T) {
			startBus(t)
			s := serve(t, 0, c.can...).appear(t)
			d := watch(t, deadline)
			show(t, d.Desktop, pull("a"))
			if got := next(t, s.notes, "note"); got.body != c.body || len(got.actions) != c.actions {
				t.Errorf("got %q and %q, want %q and %d", got.body, got.actions, c.body, c.actions)
			}
		})
	}
}

func TestAServiceThatAnswersLateStillShowsAll(t *testing.T) {
	startBus(t)
	s := serveHolding(t, 0, make(chan struct{}), "actions").appear(t)
	d := watch(t, deadline)
	show(t, d.Desktop, pull("a"))
	a := next(t, s.notes, "note")
	show(t, d.Desktop, pull("b"), pull("c")) // returns, though nobody has answered
	s.emit(t, actionInvoked, a.id, a.actions[0])
	if got := next(t, d.clicked, "click"); got.Action != Pull {
		t.Errorf("got %+v, want the button to work while the service hangs", got)
	}
	if len(s.notes) != 0 {
		t.Error("got a second note before the first was answered")
	}
	close(s.hold)
	next(t, s.notes, "note")
	next(t, s.notes, "note")
	if len(d.failed) != 0 {
		t.Errorf("got %q, want no failure", <-d.failed)
	}
}

func TestAServiceThatNeverAnswersIsGivenUp(t *testing.T) {
	startBus(t)
	s := serveHolding(t, 0, make(chan struct{}), "actions").appear(t)
	d := watch(t, 2*time.Second) // a note takes 100 ms under the race detector
	show(t, d.Desktop, pull("a"))
	if got, want := next(t, d.failed, "failure"), "a: no answer from the notification service: context deadline exceeded"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	close(s.hold)
	better := serve(t, 50, "actions").appear(t)
	show(t, d.Desktop, pull("b"))
	got := next(t, better.notes, "note on a new connection")
	better.emit(t, actionInvoked, got.id, got.actions[0])
	next(t, d.clicked, "click")
}

func TestCloseEndsAtOnceWhileTheServiceHangs(t *testing.T) {
	startBus(t)
	s := serveHolding(t, 0, make(chan struct{})).appear(t)
	defer close(s.hold)
	d := watch(t, time.Hour)
	show(t, d.Desktop, pull("a"))
	next(t, s.notes, "note")
	ended := make(chan struct{})
	go func() {
		d.Close()
		close(ended)
	}()
	next(t, ended, "end of Close")
}

// fakeNotifySend puts a program on the PATH that tells its arguments and ends with code.
func fakeNotifySend(t *testing.T, code int) <-chan string {
	t.Helper()
	dir := t.TempDir()
	fifo := filepath.Join(dir, "told")
	must(t, syscall.Mkfifo(fifo, 0o600))
	script := fmt.Sprintf("#!/bin/sh\nprintf '%%s|' \"$@\" >'%s'\nexit %d\n", fifo, code)
	must(t, os.WriteFile(filepath.Join(dir, "notify-send"), []byte(script), 0o700))
	t.Setenv("PATH", dir)
	told := make(chan string, 1)
	go func() {
		text, _ := os.ReadFile(fifo) // waits for the program
		told <- string(text)
	}()
	return told
}

func TestNotesWaitForTheService(t *testing.T) {
	startBus(t)
	tried := fakeNotifySend(t, 1)
	d := watch(t, deadline)
	show(t, d.Desktop, pull("a"))
	next(t, tried, "try without the service")
	t.Setenv("PATH", t.TempDir())
	show(t, d.Desktop, pull("b"))
	s := serve(t, 0, "actions").appear(t)
	a, b := next(t, s.notes, "note"), next(t, s.notes, "note")
	s.emit(t, actionInvoked, a.id, a.actions[0])
	next(t, d.clicked, "click")
	if a.id == b.id || len(d.failed) != 0 {
		t.Errorf("got %d and %d, %d failures, want two notes", a.id, b.id, len(d.failed))
	}
}

func TestWithoutABusNotifySendIsTheLastResort(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "nothing"))
	told := fakeNotifySend(t, 0)
	d := watch(t, deadline)
	n := pull("a")
	n.Title, n.Urgent = "--help", true
	show(t, d.Desktop, n)
	want := "--app-name=claude-sync|--icon=claude-sync|--urgency=critical|--|--help|'R&amp;D &lt;b&gt;'|"
	if got := next(t, told, "notify-send"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Numbers of one service mean other notes in the next one.
func TestAnotherServiceIsAskedAnewAndReplacesNothing(t *testing.T) {
	startBus(t)
	first := serve(t, 0, "actions").appear(t)
	d := watch(t, deadline)
	show(t, d.Desktop, pull("a"), pull("b"))
	next(t, first.notes, "note")
	b := next(t, first.notes, "note")
	second := serve(t, 0, "actions", "body-markup").appear(t)
	second.emit(t, actionInvoked, uint32(1), b.actions[0])
	next(t, d.clicked, "click") // the change of owners was heard before
	show(t, d.Desktop, pull("a"))
	if got := next(t, second.notes, "note"); got.replaces != 0 || !strings.Contains(got.body, "&amp;") {
		t.Errorf("got %+v, want a new note, escaped", got)
	}
}

func TestABusThatDiesIsLeftAndTheNextOneFound(t *testing.T) {
	stop := startBus(t)
	s := serveHolding(t, 0, make(chan struct{})).appear(t)
	d := watch(t, deadline)
	defer close(s.hold)
	tried := fakeNotifySend(t, 1)
	show(t, d.Desktop, pull("b"))
	next(t, s.notes, "note")
	stop() // before it was answered: nobody has seen it
	next(t, tried, "try without a bus")
	startBus(t)
	s = serve(t, 0).appear(t)
	show(t, d.Desktop, pull("c"))
	got := []string{next(t, s.notes, "note").title, next(t, s.notes, "note").title}
	if len(got) != 2 || len(d.failed) != 0 {
		t.Errorf("got %q, want both notes", got)
	}
}

func TestPressesAreBounded(t *testing.T) {
	var p presses
	first := p.add(":1.1", pull("first"))
	for i := range 100 {
		p.add(":1.1", pull(fmt.Sprint(i)))
	}
	if len(p.known) != maxPresses {
		t.Errorf("got %d, want %d", len(p.known), maxPresses)
	}
	if _, ok := p.take(first[0].Key); ok {
		t.Error("the oldest note is still known")
	}
	keys := map[string]bool{}
	for _, k := range p.known {
		keys[k.key] = true
	}
	if len(keys) != maxPresses || slices.ContainsFunc(p.known, func(k press) bool { return !strings.HasPrefix(k.key, ":1.1/") }) {
		t.Errorf("got %v, want keys of their own", p.known)
	}
}

func TestTheIconCanBeSent(t *testing.T) {
	if appIcon() == nil {
		t.Error("the application's icon is no PNG")
	}
}
