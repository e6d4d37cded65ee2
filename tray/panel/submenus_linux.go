package panel

import (
	"bytes"
	"sync/atomic"

	"github.com/godbus/dbus/v5"
)

// submenus announces every submenu when the menu is about to be opened, so that the panel reads them first. Otherwise
// Plasma places a submenu before it reads it: with the icon at the screen's right edge, only the edge of a submenu was
// on the screen when it was opened for the first time (5.27).
//
// The announcement has the menu's present revision, so a panel that compares revisions sees no change.
type submenus struct {
	conn     atomic.Pointer[dbus.Conn]
	revision uint32 // of the menu that was read last
	ids      []int32
}

const menuInterface = "com.canonical.dbusmenu"

// branchLayout is a menu on the wire: its id, its properties, and its entries.
type branchLayout struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

// heard is called with every call that the program has answered.
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

// read notes the submenus, if the answer has the whole menu.
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
