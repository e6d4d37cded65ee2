package panel

import (
	"slices"
	"sync"
	"time"

	"claude-sync/syncer/command"
	"claude-sync/tray/menu"
)

// The menu's entries are made once, at the start, and later only relabelled, shown and hidden: whatever is
// added while a panel looks gets lost in one of them (GTK drops children that it hears of before their
// parent, Plasma never looks again at a submenu it has shown, Windows runs out of ids). So each entry of
// the picture has to find a slot that was made for its kind.

// kind is what an entry was made as; nothing changes that later.
type kind int

const (
	plain  kind = iota // does something, or is only read
	box                // has a check mark
	branch             // has children
	line               // a separator, which is always shown: no library hides one
)

// kindOf tells what slot an item needs.
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

// repeat returns n times the kinds.
func repeat(n int, kinds ...kind) []kind {
	var all []kind
	for range n {
		all = append(all, kinds...)
	}
	return all
}

// fit finds a slot for every item, in order: at[i] is the slot of item i, -1 when there is none. A
// separator goes to the next line, or is passed over after the last. It is pure.
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

// find returns the first slot of a kind from next on, not beyond a line unless that is what is looked for.
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

// slot is one entry and what it shows. Only the painter uses it, but for do and since.
type slot struct {
	kind     kind
	entry    entry // nil for a line
	children []*slot

	hidden, disabled, checked bool
	label                     string

	mu    sync.Mutex // guards do and since
	do    command.Command
	since time.Time // when a click on this place began to mean do
}

// reactionTime is how soon after a change a click was still meant for what stood there before. People take a
// quarter of a second to see that something has changed, and the panel has to draw it first.
const reactionTime = 300 * time.Millisecond

// command is what a click means that came at a time.
func (s *slot) command(at time.Time) command.Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at.Sub(s.since) < reactionTime {
		return command.Command{Verb: Missed}
	}
	return s.do
}

func (s *slot) means(c command.Command, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c != s.do {
		s.do, s.since = c, now
	}
}

// moved notes that another entry stands now where this one did, or may do so.
func (s *slot) moved(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since = now
}

// hiddenSlots tells which slots are out of sight.
func hiddenSlots(slots []*slot) []bool {
	all := make([]bool, len(slots))
	for i, s := range slots {
		all[i] = s.hidden
	}
	return all
}

// apply shows items in slots, and touches only what differs: each touch makes a panel ask for the whole
// menu. It returns how many items found no slot.
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
	// One that comes or goes moves the others of its menu, down or, above a panel at the bottom, up.
	if !slices.Equal(before, hiddenSlots(slots)) {
		for _, s := range slots {
			s.moved(now)
		}
	}
	return lost
}

// show makes the slot look like item. What is hidden is changed just before it is shown: on Windows any
// change of a hidden entry shows it.
func (s *slot) show(item menu.Item, now time.Time) (lost int) {
	if s.kind == line {
		return 0
	}
	s.means(item.Do, now)
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
		s.moved(now) // a click would take back what it was meant to do
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

// hide takes the slot out of sight; a click that is on its way means nothing any more.
func (s *slot) hide(now time.Time) {
	if s.kind == line || s.hidden {
		return
	}
	s.means(command.Command{}, now)
	s.hidden = true
	s.entry.Hide()
}
