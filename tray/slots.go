package tray

import (
	"sync"

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

// slot is one entry and what it shows. Only the painter uses it, but for do.
type slot struct {
	kind     kind
	entry    entry // nil for a line
	children []*slot

	hidden, disabled, checked bool
	label                     string

	mu sync.Mutex // guards do
	do menu.Command
}

// command is what a click means now.
func (s *slot) command() menu.Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.do
}

func (s *slot) means(c menu.Command) {
	s.mu.Lock()
	s.do = c
	s.mu.Unlock()
}

// apply shows items in slots, and touches only what differs: each touch makes a panel ask for the whole
// menu. It returns how many items found no slot.
func apply(slots []*slot, items []menu.Item) (lost int) {
	kinds := make([]kind, len(slots))
	for i, s := range slots {
		kinds[i] = s.kind
	}
	taken := make([]bool, len(slots))
	at := fit(items, kinds)
	for i, item := range items {
		switch {
		case at[i] >= 0:
			taken[at[i]] = true
			lost += slots[at[i]].show(item)
		case !item.Separator:
			lost++
		}
	}
	for i, s := range slots {
		if !taken[i] {
			s.hide()
		}
	}
	return lost
}

// show makes the slot look like item. What is hidden is changed just before it is shown: on Windows any
// change of a hidden entry shows it.
func (s *slot) show(item menu.Item) (lost int) {
	if s.kind == line {
		return 0
	}
	s.means(item.Do)
	if s.kind == branch {
		lost = apply(s.children, item.Children)
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
func (s *slot) hide() {
	if s.kind == line || s.hidden {
		return
	}
	s.means(menu.Command{})
	s.hidden = true
	s.entry.Hide()
}
