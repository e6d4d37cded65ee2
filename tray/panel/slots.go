package panel

import (
	"slices"
	"sync"
	"time"

	"claude-sync/syncer/command"
	"claude-sync/tray/menu"
)

// The menu's entries are made once, at the start. Later they are only relabelled, shown and hidden, because each
// panel loses entries that are added while it looks: GTK drops children that it receives before their parent,
// Plasma never reads a submenu again after it has shown it, Windows runs out of ids. So each item of the picture has
// to find a slot that was made for its kind.

// kind is the kind that an entry was made with. It never changes.
type kind int

const (
	plain  kind = iota // has a command or only text
	box                // has a check mark
	branch             // has children
	line               // a separator, which is always shown: no library hides one
)

// kindOf returns the kind of slot that an item needs.
func kindOf(i menu.Item) kind {
	switch {
	case i.Separator:
		return line
	case len(i.Children) > 0:
		return branch
	case i.Checkbox:
		return box
	}
	return plain
}

// repeat returns the kinds n times.
func repeat(n int, kinds ...kind) []kind {
	var all []kind
	for range n {
		all = append(all, kinds...)
	}
	return all
}

// fit finds a slot for every item, in order: at[i] is the slot of item i, -1 if there is none. A separator gets the
// next line, or none after the last line. It is pure.
func fit(items []menu.Item, slots []kind) (at []int) {
	next := 0
	for _, item := range items {
		i := find(slots, next, kindOf(item))
		at = append(at, i)
		if i >= 0 {
			next = i + 1
		}
	}
	return at
}

// find returns the first slot of a kind from next on. It stops at a line, unless k is line.
func find(slots []kind, next int, k kind) int {
	for i := next; i < len(slots); i++ {
		if slots[i] == k {
			return i
		}
		if slots[i] == line {
			return -1
		}
	}
	return -1
}

// entry is one entry of the library's menu.
type entry interface {
	SetTitle(string)
	Enable()
	Disable()
	Check()
	Uncheck()
	Show()
	Hide()
}

// slot is one entry and its present state. Only the painter uses it, except do and since.
type slot struct {
	kind     kind
	entry    entry // nil for a line
	children []*slot

	hidden, disabled, checked bool
	label                     string

	mu    sync.Mutex // guards do and since
	do    command.Command
	since time.Time // a click on this place means do since then
}

// reactionTime is how long after a change a click is still meant for the entry before. People take a quarter of a
// second to see a change, and the panel has to draw it first.
const reactionTime = 300 * time.Millisecond

// command returns the Command of a click at a time: Missed within the reactionTime.
func (s *slot) command(at time.Time) command.Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at.Sub(s.since) < reactionTime {
		return command.Command{Verb: Missed}
	}
	return s.do
}

// setCommand changes the Command of later clicks.
func (s *slot) setCommand(c command.Command, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c != s.do {
		s.do, s.since = c, now
	}
}

// restart begins the reactionTime anew: another entry is, or may be, at this place.
func (s *slot) restart(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since = now
}

// hiddenSlots tells which slots are hidden.
func hiddenSlots(slots []*slot) []bool {
	all := make([]bool, len(slots))
	for i, s := range slots {
		all[i] = s.hidden
	}
	return all
}

// apply shows items in slots. It changes only entries that differ, because each change makes a panel read the whole
// menu again. It returns how many items found no slot.
func apply(slots []*slot, items []menu.Item, now time.Time) (lost int) {
	kinds := make([]kind, len(slots))
	for i, s := range slots {
		kinds[i] = s.kind
	}
	before := hiddenSlots(slots)
	taken := make([]bool, len(slots))
	at := fit(items, kinds)
	for i, item := range items {
		switch {
		case at[i] >= 0:
			taken[at[i]] = true
			lost += slots[at[i]].show(item, now)
		case !item.Separator:
			lost++
		}
	}
	for i, s := range slots {
		if !taken[i] {
			s.hide(now)
		}
	}
	// An entry that comes or goes moves the other entries of its menu: down, or up above a panel at the bottom.
	if !slices.Equal(before, hiddenSlots(slots)) {
		for _, s := range slots {
			s.restart(now)
		}
	}
	return lost
}

// show makes the slot look like item. It changes a hidden slot just before showing it, because on Windows every change
// of a hidden entry shows it.
func (s *slot) show(item menu.Item, now time.Time) (lost int) {
	if s.kind == line {
		return 0
	}
	s.setCommand(item.Do, now)
	if s.kind == branch {
		lost = apply(s.children, item.Children, now)
	}
	if label := escapeLabel(oneLine(item.Label)); label != s.label {
		s.label = label
		s.entry.SetTitle(label)
	}
	if item.Disabled != s.disabled {
		s.disabled = item.Disabled
		if item.Disabled {
			s.entry.Disable()
		} else {
			s.entry.Enable()
		}
	}
	if item.Checked != s.checked && s.kind == box {
		s.checked = item.Checked
		s.restart(now) // a second click would undo the first
		if item.Checked {
			s.entry.Check()
		} else {
			s.entry.Uncheck()
		}
	}
	if s.hidden {
		s.hidden = false
		s.entry.Show()
	}
	return lost
}

// hide hides the slot. A click that arrives later does nothing.
func (s *slot) hide(now time.Time) {
	if s.kind == line || s.hidden {
		return
	}
	s.setCommand(command.Command{}, now)
	s.hidden = true
	s.entry.Hide()
}
