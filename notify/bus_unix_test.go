//go:build unix && !darwin

package notify

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"claude-sync/build/desktoptest"
	"claude-sync/syncer/command"

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
	address, stop := desktoptest.StartBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	t.Setenv("PATH", t.TempDir()) // no notify-send
	return stop
}

// serve puts a service on the bus; its first note has the number after base.
func serve(t *testing.T, base uint32, can ...string) *desktoptest.Notifications {
	t.Helper()
	return desktoptest.NewNotifications(t, os.Getenv("DBUS_SESSION_BUS_ADDRESS"), base, can...)
}

// watched is a Desktop with its callbacks as channels.
type watched struct {
	*Desktop
	clicked chan command.Command
	failed  chan string
}

func watch(t *testing.T, timeout time.Duration) watched {
	t.Helper()
	w := watched{clicked: make(chan command.Command, 100), failed: make(chan string, 100)}
	w.Desktop = start(Options{Clicked: func(r command.Command) { w.clicked <- r }, Failed: func(n Note, err error) { w.failed <- n.ID + ": " + err.Error() }},
		timeout, newCarrier)
	t.Cleanup(w.Close)
	return w
}

// pull is a note with a button.
func pull(id string) Note {
	return Note{ID: id, Title: "2 sessions from laptop", Body: "'R&D <b>'", Buttons: []Button{
		{"Pull", command.Command{Verb: command.Pull, Project: key("app")}}, {"Other", command.Command{Verb: command.CheckHealth}}}}
}

func TestANoteIsShownOnceWithAllThatItHas(t *testing.T) {
	startBus(t)
	s := serve(t, 0, "actions", "body").Appear()
	d := watch(t, deadline)
	n := pull("a")
	n.Urgent = true
	show(t, d.Desktop, n, Note{ID: "b", Title: "last"})
	got := next(t, s.Notes, "note")
	if got.Title != n.Title || got.Body != n.Body || got.Replaces != 0 || got.App != "claude-sync" || got.Timeout != -1 {
		t.Errorf("got %+v, want the note", got)
	}
	if len(got.Actions) != 4 || got.Actions[1] != "Pull" || got.Actions[3] != "Other" || got.Actions[0] == got.Actions[2] {
		t.Errorf("got the actions %q, want two with keys of their own", got.Actions)
	}
	if got.Hints["urgency"].Value() != byte(2) || got.Hints["desktop-entry"].Value() != "claude-sync" {
		t.Errorf("got the hints %v", got.Hints)
	}
	if picture, ok := got.Hints["image-data"].Value().([]any); !ok || picture[0] != int32(128) || len(picture[6].([]byte)) != 128*128*4 {
		t.Error("got no picture of 128 pixels")
	}
	if second := next(t, s.Notes, "second note"); second.Title != "last" || second.Hints["urgency"].Value() != byte(1) {
		t.Errorf("got %+v, want the other note, once and calm", second)
	}
	if got := s.Asked.Load(); got != 1 {
		t.Errorf("capabilities: got %d questions, want 1", got)
	}
}

// The tray's library loses its icon when the end of a notification comes on the shared connection.
func TestTheConnectionIsNotTheSharedOne(t *testing.T) {
	startBus(t)
	s := serve(t, 0).Appear()
	shared, err := dbus.SessionBus()
	must(t, err)
	defer shared.Close()
	d := watch(t, deadline)
	show(t, d.Desktop, pull("a"))
	if got := next(t, s.Notes, "note").Sender; got == shared.Names()[0] {
		t.Errorf("got %s, want another connection", got)
	}
}

func TestANoteReplacesTheOneThatIsToBeSeen(t *testing.T) {
	startBus(t)
	s := serve(t, 100, "actions").Appear()
	d := watch(t, deadline)
	show(t, d.Desktop, pull("a"), pull("other"))
	first, other := next(t, s.Notes, "note"), next(t, s.Notes, "note")
	show(t, d.Desktop, pull("a"))
	second := next(t, s.Notes, "note")
	if first.ID != 101 || other.ID != 102 || second.Replaces != first.ID {
		t.Errorf("got %d, %d, then %d replaced, want 101, 102 and 101", first.ID, other.ID, second.Replaces)
	}
	show(t, d.Desktop, pull("later"))
	next(t, s.Notes, "note") // so the answer about the one before was taken
	s.Emit(noteClosed, second.ID, uint32(2))
	s.Emit(actionInvoked, other.ID, other.Actions[0])
	next(t, d.clicked, "click") // signals are heard in their order
	show(t, d.Desktop, pull("a"))
	if got := next(t, s.Notes, "note").Replaces; got != 0 {
		t.Errorf("got %d replaced, want a new note after the old one was closed", got)
	}
}

func TestAButtonComesBackOnce(t *testing.T) {
	startBus(t)
	s := serve(t, 0, "actions").Appear()
	stranger := serve(t, 0)
	d := watch(t, deadline)
	first := pull("a")
	first.Buttons[0].Do.Verb = command.Push
	show(t, d.Desktop, first, pull("b"))
	old, b := next(t, s.Notes, "note"), next(t, s.Notes, "note")
	show(t, d.Desktop, pull("a"))
	a := next(t, s.Notes, "note")
	// None of these is a press of ours.
	stranger.Emit(actionInvoked, a.ID, a.Actions[2])
	stranger.Whisper(a.Sender, "ActionInvoked", a.ID, a.Actions[2])
	s.Emit(actionInvoked, "wrong", 5)
	s.Emit(actionInvoked)
	s.Emit(noteClosed)
	s.Emit(actionInvoked, a.ID, "default")
	s.Emit(actionInvoked, old.ID, old.Actions[0]) // replaced meanwhile
	s.Emit(actionInvoked, a.ID, a.Actions[0])
	s.Emit(actionInvoked, a.ID, a.Actions[0])
	s.Emit(actionInvoked, a.ID, a.Actions[2])
	s.Emit(actionInvoked, b.ID, b.Actions[2])
	if got := next(t, d.clicked, "click"); got != (command.Command{Verb: command.Pull, Project: key("app")}) {
		t.Errorf("got %+v, want Pull", got)
	}
	if got := next(t, d.clicked, "click"); got != (command.Command{Verb: command.CheckHealth}) {
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
			s := serve(t, 0, c.can...).Appear()
			d := watch(t, deadline)
			show(t, d.Desktop, pull("a"))
			if got := next(t, s.Notes, "note"); got.Body != c.body || len(got.Actions) != c.actions {
				t.Errorf("got %q and %q, want %q and %d", got.Body, got.Actions, c.body, c.actions)
			}
		})
	}
}

func TestAServiceThatAnswersLateStillShowsAll(t *testing.T) {
	startBus(t)
	hold := make(chan struct{})
	s := serve(t, 0, "actions").Appear().Hold(hold)
	d := watch(t, deadline)
	show(t, d.Desktop, pull("a"))
	a := next(t, s.Notes, "note")
	show(t, d.Desktop, pull("b"), pull("c")) // returns without an answer
	s.Emit(actionInvoked, a.ID, a.Actions[0])
	if got := next(t, d.clicked, "click"); got.Verb != command.Pull {
		t.Errorf("got %+v, want the button to work while the service hangs", got)
	}
	if len(s.Notes) != 0 {
		t.Error("got a second note before the first was answered")
	}
	close(hold)
	next(t, s.Notes, "note")
	next(t, s.Notes, "note")
	if len(d.failed) != 0 {
		t.Errorf("got %q, want no failure", <-d.failed)
	}
}

func TestAServiceThatNeverAnswersIsGivenUp(t *testing.T) {
	startBus(t)
	hold := make(chan struct{})
	serve(t, 0, "actions").Appear().Hold(hold)
	d := watch(t, 2*time.Second) // a note takes 100 ms under the race detector
	show(t, d.Desktop, pull("a"))
	if got, want := next(t, d.failed, "failure"), "a: no answer from the notification service: context deadline exceeded"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	close(hold)
	better := serve(t, 50, "actions").Appear()
	show(t, d.Desktop, pull("b"))
	got := next(t, better.Notes, "note on a new connection")
	better.Emit(actionInvoked, got.ID, got.Actions[0])
	next(t, d.clicked, "click")
}

func TestCloseEndsAtOnceWhileTheServiceHangs(t *testing.T) {
	startBus(t)
	hold := make(chan struct{})
	s := serve(t, 0).Appear().Hold(hold)
	defer close(hold)
	d := watch(t, time.Hour)
	show(t, d.Desktop, pull("a"))
	next(t, s.Notes, "note")
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
	s := serve(t, 0, "actions").Appear()
	a, b := next(t, s.Notes, "note"), next(t, s.Notes, "note")
	s.Emit(actionInvoked, a.ID, a.Actions[0])
	next(t, d.clicked, "click")
	if a.ID == b.ID || len(d.failed) != 0 {
		t.Errorf("got %d and %d, %d failures, want two notes", a.ID, b.ID, len(d.failed))
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
	first := serve(t, 0, "actions").Appear()
	d := watch(t, deadline)
	show(t, d.Desktop, pull("a"), pull("b"))
	next(t, first.Notes, "note")
	b := next(t, first.Notes, "note")
	second := serve(t, 0, "actions", "body-markup").Appear()
	second.Emit(actionInvoked, uint32(1), b.Actions[0])
	next(t, d.clicked, "click") // the change of owners was heard before
	show(t, d.Desktop, pull("a"))
	if got := next(t, second.Notes, "note"); got.Replaces != 0 || !strings.Contains(got.Body, "&amp;") {
		t.Errorf("got %+v, want a new note, escaped", got)
	}
}

func TestABusThatDiesIsLeftAndTheNextOneFound(t *testing.T) {
	stop := startBus(t)
	hold := make(chan struct{})
	s := serve(t, 0).Appear().Hold(hold)
	d := watch(t, deadline)
	defer close(hold)
	tried := fakeNotifySend(t, 1)
	show(t, d.Desktop, Note{ID: "b", Title: "first"})
	next(t, s.Notes, "note")
	stop() // before the answer
	next(t, tried, "try without a bus")
	startBus(t)
	s = serve(t, 0).Appear()
	show(t, d.Desktop, Note{ID: "c", Title: "second"})
	first, second := next(t, s.Notes, "note").Title, next(t, s.Notes, "note").Title
	if first != "first" || second != "second" || len(d.failed) != 0 {
		t.Errorf("got %q and %q, %d failures, want both notes", first, second, len(d.failed))
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
