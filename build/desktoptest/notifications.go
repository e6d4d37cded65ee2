package desktoptest

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/godbus/dbus/v5"
)

// The names of the notification service and its signals.
const (
	serviceName   = "org.freedesktop.Notifications"
	servicePath   = "/org/freedesktop/Notifications"
	noteClosed    = serviceName + ".NotificationClosed"
	actionInvoked = serviceName + ".ActionInvoked"
)

// A Note is one notification as the service received it.
type Note struct {
	ID, Replaces        uint32
	App, Icon           string
	Title, Body, Sender string
	Actions             []string // key, label, key, label
	Hints               map[string]dbus.Variant
	Timeout             int32
}

// Buttons returns the labels of the note's actions.
func (n Note) Buttons() []string {
	var labels []string
	for i := 1; i < len(n.Actions); i += 2 {
		labels = append(labels, n.Actions[i])
	}
	return labels
}

// Notifications is a notification service.
type Notifications struct {
	Notes chan Note    // every note, in order of arrival
	Asked atomic.Int32 // how often its capabilities were asked for

	t    testing.TB
	conn *dbus.Conn
	can  []string
	last atomic.Uint32

	mu      sync.Mutex // guards the two below
	hold    <-chan struct{}
	refusal string
}

// NewNotifications returns a service with these capabilities. Its first note has the number after base. The service
// is on the bus, but has no name until Appear is called.
func NewNotifications(t testing.TB, address string, base uint32, can ...string) *Notifications {
	t.Helper()
	s := &Notifications{t: t, conn: Connect(t, address), can: can, Notes: make(chan Note, 1000)}
	s.last.Store(base)
	must(t, s.conn.Export(server{s}, servicePath, serviceName))
	return s
}

// Appear takes the service's name, if necessary from another service.
func (s *Notifications) Appear() *Notifications {
	s.t.Helper()
	_, err := s.conn.RequestName(serviceName, dbus.NameFlagReplaceExisting|dbus.NameFlagAllowReplacement)
	must(s.t, err)
	return s
}

// Hold makes the service slow: it answers no note before until is closed.
func (s *Notifications) Hold(until <-chan struct{}) *Notifications {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold = until
	return s
}

// Refuse makes the service answer every note with an error.
func (s *Notifications) Refuse(why string) *Notifications {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = why
	return s
}

// server has the methods that are called over the bus, and no others.
type server struct{ s *Notifications }

// Notify is the bus method that sends a note.
func (v server) Notify(sender dbus.Sender, app string, replaces uint32, icon, title, body string, actions []string,
	hints map[string]dbus.Variant, timeout int32) (uint32, *dbus.Error) {
	id := replaces
	if id == 0 {
		id = v.s.last.Add(1)
	}
	v.s.mu.Lock()
	hold, refusal := v.s.hold, v.s.refusal
	v.s.mu.Unlock()
	v.s.Notes <- Note{id, replaces, app, icon, title, body, string(sender), actions, hints, timeout}
	if hold != nil {
		<-hold
	}
	if refusal != "" {
		return 0, dbus.NewError(serviceName+".Error.Refused", []any{refusal})
	}
	return id, nil
}

// GetCapabilities is the bus method that returns what the service can do.
func (v server) GetCapabilities() ([]string, *dbus.Error) {
	v.s.Asked.Add(1)
	return v.s.can, nil
}

// Next waits for the next note.
func (s *Notifications) Next() Note {
	s.t.Helper()
	return next(s.t, s.Notes, "notification")
}

// Emit sends a signal to all connections, as xfce4-notifyd and Plasma do.
func (s *Notifications) Emit(name string, args ...any) {
	s.t.Helper()
	must(s.t, s.conn.Emit(servicePath, name, args...))
	s.flush()
}

// Whisper sends a signal to one connection only, as dunst and GNOME Shell do. The receiver needs no match rule for
// it.
func (s *Notifications) Whisper(to, member string, args ...any) {
	s.t.Helper()
	m := &dbus.Message{Type: dbus.TypeSignal, Body: args, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldPath: dbus.MakeVariant(dbus.ObjectPath(servicePath)), dbus.FieldInterface: dbus.MakeVariant(serviceName),
		dbus.FieldMember: dbus.MakeVariant(member), dbus.FieldDestination: dbus.MakeVariant(to),
		dbus.FieldSignature: dbus.MakeVariant(dbus.SignatureOf(args...))}}
	s.conn.Send(m, nil)
	s.flush()
}

// flush waits until the bus has delivered all messages.
func (s *Notifications) flush() {
	s.t.Helper()
	var id string
	must(s.t, s.conn.BusObject().Call("org.freedesktop.DBus.GetId", 0).Store(&id))
}

// dismissed is the reason in NotificationClosed if a person closed the note.
const dismissed = uint32(2)

// Dismiss closes a note as a person does. It tells all connections, or only the note's sender.
func (s *Notifications) Dismiss(n Note, everybody bool) {
	s.t.Helper()
	if everybody {
		s.Emit(noteClosed, n.ID, dismissed)
		return
	}
	s.Whisper(n.Sender, "NotificationClosed", n.ID, dismissed)
}

// Press presses the button of a note and closes it, as services do.
func (s *Notifications) Press(n Note, label string) {
	s.t.Helper()
	i := slices.Index(n.Buttons(), label)
	if i < 0 {
		s.t.Fatalf("%q has the buttons %q, and not %q", n.Title, n.Buttons(), label)
	}
	s.Emit(actionInvoked, n.ID, n.Actions[2*i])
	s.Emit(noteClosed, n.ID, dismissed)
}
