//go:build cgo || !darwin

package panel

import (
	"time"

	"claude-sync/icons"
	"claude-sync/syncer/command"
	"claude-sync/tray/internal/queue"
	"claude-sync/tray/menu"

	"fyne.io/systray"
)

// Panel shows a menu through fyne.io/systray. The library keeps its state in package variables and has races:
// all calls except Run come from one goroutine, first the one that calls Run, then the painter. There can be
// one Panel a process.
type Panel struct {
	pictures chan menu.Menu // the newest only
	clicked  *queue.Queue[command.Command]
	clicks   chan command.Command
	quitting chan struct{}

	// The painter's.
	slots   []*slot
	icon    icons.State
	tooltip string
}

// New makes the panel. Call it before anything in this process uses the shared D-Bus connection, and while no
// other goroutine reads the environment.
//
// Errors: ErrBuiltWithout.
func New() (*Panel, error) {
	prepare()
	p := &Panel{pictures: make(chan menu.Menu, 1), clicks: make(chan command.Command), quitting: make(chan struct{})}
	p.clicked = queue.New(func(c command.Command) {
		select {
		case p.clicks <- c:
		case <-p.quitting:
		}
	})
	return p, nil
}

// Show replaces the picture. It returns at once.
func (p *Panel) Show(m menu.Menu) {
	select {
	case <-p.pictures: // never painted
	default:
	}
	p.pictures <- m
}

// Clicks returns a channel of all clicks, in order. None is lost while the receiver is busy.
func (p *Panel) Clicks() <-chan command.Command { return p.clicks }

// Opened returns a channel with a value each time the menu is opened, if the desktop tells.
func (p *Panel) Opened() <-chan struct{} { return systray.TrayOpenedCh }

// Run shows the icon until Quit, or until the desktop ends the program. It calls atEnd in both cases before it
// returns. Call it in the main goroutine.
func (p *Panel) Run(atEnd func()) {
	if title != "" {
		systray.SetTitle(title) // before Run, which makes it the item's id
	}
	if menuFirst {
		p.begin()
	}
	systray.Run(func() {
		if !menuFirst {
			p.begin()
		}
		// The library answers no panel before this function returns.
		go p.paint()
	}, atEnd)
}

// Quit ends Run.
func (p *Panel) Quit() { close(p.quitting) }

// begin makes the entries and paints the first picture.
func (p *Panel) begin() {
	p.icon = -1
	p.slots = makeSlots(topSlots(), systray.AddMenuItem, systray.AddMenuItemCheckbox, systray.AddSeparator)
	for _, s := range p.slots {
		if s.kind == branch {
			parent := s.entry.(*systray.MenuItem)
			s.children = makeSlots(childSlots(), parent.AddSubMenuItem, parent.AddSubMenuItemCheckbox, nil)
			hideAll(s.children)
		}
	}
	// After the children: Windows adds none to a hidden entry.
	hideAll(p.slots)
	p.listen(p.slots)
	select {
	case m := <-p.pictures:
		p.show(m)
	case <-p.quitting:
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

// listen takes every click at once: the library drops a click that no goroutine waits for.
func (p *Panel) listen(slots []*slot) {
	for _, s := range slots {
		if item, ok := s.entry.(*systray.MenuItem); ok && s.kind != branch {
			go func() {
				for range item.ClickedCh {
					p.clicked.Put(s.command(now()))
				}
			}()
		}
		p.listen(s.children)
	}
}

// paint is the only goroutine that calls the library while it runs.
func (p *Panel) paint() {
	for {
		select {
		case m := <-p.pictures:
			p.show(m)
		case <-p.quitting:
			systray.Quit()
			return
		}
	}
}

func (p *Panel) show(m menu.Menu) {
	if m.Icon != p.icon {
		p.icon = m.Icon
		if i := icons.For(m.Icon); i.Template {
			systray.SetTemplateIcon(i.Bytes, i.Bytes)
		} else {
			systray.SetIcon(i.Bytes)
		}
	}
	if t := tooltip(m.Tooltip); t != p.tooltip {
		p.tooltip = t
		systray.SetTooltip(t)
	}
	apply(p.slots, withSection(m.Items, countLines(p.slots)), now())
}
