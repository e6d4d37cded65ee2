//go:build cgo || !darwin

package tray

import (
	"time"

	"claude-sync/icons"
	"claude-sync/syncer/command"
	"claude-sync/tray/menu"

	"fyne.io/systray"
)

// host is the Host over fyne.io/systray. The library keeps its state in package variables and has races:
// all calls but Run come from one goroutine, first the one that runs it, then the painter.
type host struct {
	pictures chan menu.Menu // the newest only
	clicked  *queue[command.Command]
	clicks   chan command.Command
	quitting chan struct{}

	slots   []*slot // from here on the painter's
	icon    icons.State
	tooltip string
}

func newHost() (*host, error) {
	h := &host{pictures: make(chan menu.Menu, 1), clicks: make(chan command.Command), quitting: make(chan struct{})}
	h.clicked = newQueue(func(c command.Command) {
		select {
		case h.clicks <- c:
		case <-h.quitting:
		}
	})
	return h, nil
}

// Show implements Host.
func (h *host) Show(m menu.Menu) {
	select {
	case <-h.pictures: // never painted
	default:
	}
	h.pictures <- m
}

// Clicks implements Host.
func (h *host) Clicks() <-chan command.Command { return h.clicks }

// Opened implements Host.
func (h *host) Opened() <-chan struct{} { return systray.TrayOpenedCh }

// run shows the icon until quit, or until the desktop ends the program; atEnd is called either way, before
// it returns.
func (h *host) run(atEnd func()) {
	if title != "" {
		systray.SetTitle(title) // before Run: what it is then becomes the item's id
	}
	if menuFirst {
		h.begin()
	}
	systray.Run(func() {
		if !menuFirst {
			h.begin()
		}
		// The library answers nobody before this function returns.
		go h.paint()
	}, atEnd)
}

// quit ends run.
func (h *host) quit() { close(h.quitting) }

// begin makes the entries and paints the first picture.
func (h *host) begin() {
	h.icon = -1
	h.slots = makeSlots(topSlots(), systray.AddMenuItem, systray.AddMenuItemCheckbox, systray.AddSeparator)
	for _, s := range h.slots {
		if s.kind == branch {
			parent := s.entry.(*systray.MenuItem)
			s.children = makeSlots(childSlots(), parent.AddSubMenuItem, parent.AddSubMenuItemCheckbox, nil)
			hideAll(s.children)
		}
	}
	// Last, and after the children: Windows adds none to an entry that is hidden.
	hideAll(h.slots)
	h.listen(h.slots)
	select {
	case m := <-h.pictures:
		h.show(m)
	case <-h.quitting:
	}
}

// makeSlots makes entries of the kinds in one menu.
func makeSlots(kinds []kind, add func(string, string) *systray.MenuItem, addBox func(string, string, bool) *systray.MenuItem, addLine func()) []*slot {
	var all []*slot
	for _, k := range kinds {
		s := &slot{kind: k}
		switch k {
		case line:
			addLine()
		case box:
			s.entry = addBox("", "", false)
		default:
			s.entry = add("", "")
		}
		all = append(all, s)
	}
	return all
}

func hideAll(slots []*slot) {
	for _, s := range slots {
		s.hide(time.Time{})
	}
}

// listen takes every click at once: the library drops those for which nobody waits.
func (h *host) listen(slots []*slot) {
	for _, s := range slots {
		if item, ok := s.entry.(*systray.MenuItem); ok && s.kind != branch {
			go func() {
				for range item.ClickedCh {
					h.clicked.put(s.command(time.Now()))
				}
			}()
		}
		h.listen(s.children)
	}
}

// paint is the one goroutine that calls the library while it runs.
func (h *host) paint() {
	for {
		select {
		case m := <-h.pictures:
			h.show(m)
		case <-h.quitting:
			systray.Quit()
			return
		}
	}
}

func (h *host) show(m menu.Menu) {
	if m.Icon != h.icon {
		h.icon = m.Icon
		if i := icons.For(m.Icon); i.Template {
			systray.SetTemplateIcon(i.Bytes, i.Bytes)
		} else {
			systray.SetIcon(i.Bytes)
		}
	}
	if t := tooltip(m.Tooltip); t != h.tooltip {
		h.tooltip = t
		systray.SetTooltip(t)
	}
	apply(h.slots, spread(m.Items, drawn(h.slots)), time.Now())
}
