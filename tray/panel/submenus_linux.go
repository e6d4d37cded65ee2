package panel

import (
	"bytes"
	"sync/atomic"

	"github.com/godbus/dbus/v5"
)

// submenus tells the panel of every submenu when the menu is about to be opened. Plasma reads one only once it is
// open, and by then has placed it: beside an icon at the screen's right edge, the first time each submenu was
// opened only its edge was on the screen (5.27). Told of it, Plasma reads it before.
//
// The number that goes with it is the menu's present one: a panel that keeps count sees that nothing has changed.
type submenus struct {
	conn     atomic.Pointer[dbus.Conn]
	revision uint32 // of the menu that was read last
	ids      []int32
}

const menuInterface = "com.canonical.dbusmenu"

// branchLayout is a menu as it is sent: its number, its properties, and the entries in it.
type branchLayout struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

// heard is told of every call that the program has answered.
func (s *submenus) heard(raw message, answer *dbus.Message) {
	call, err := dbus.DecodeMessage(bytes.NewReader(raw))
	if err != nil || call.Headers[dbus.FieldInterface].Value() != menuInterface || answer.Type != dbus.TypeMethodReply {
		return
	}
	var menu int32
	switch call.Headers[dbus.FieldMember].Value() {
	case "GetLayout":
		s.read(answer.Body)
	case "AboutToShow":
		if dbus.Store(call.Body, &menu) == nil && menu == 0 {
			s.announce(call.Headers[dbus.FieldPath].Value())
		}
	}
}

// read notes the submenus in an answer that has the whole menu.
func (s *submenus) read(body []any) {
	var revision uint32
	var root branchLayout
	if dbus.Store(body, &revision, &root) != nil || root.ID != 0 {
		return
	}
	s.revision, s.ids = revision, nil
	for _, child := range root.Children {
		var entry branchLayout
		if dbus.Store([]any{child.Value()}, &entry) == nil && entry.Props["children-display"].Value() == "submenu" {
			s.ids = append(s.ids, entry.ID)
		}
	}
}

func (s *submenus) announce(path any) {
	conn := s.conn.Load()
	at, ok := path.(dbus.ObjectPath)
	if conn == nil || !ok {
		return
	}
	for _, id := range s.ids {
		_ = conn.Emit(at, menuInterface+".LayoutUpdated", s.revision, id) // the connection has ended
	}
}
