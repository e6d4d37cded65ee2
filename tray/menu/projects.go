package menu

import (
	"fmt"
	"slices"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/syncer/words"
)

// projectItems has one entry for each of the first projects, and one for the rest.
func (b *builder) projectItems() []Item {
	var items, more []Item
	first := min(maxProjects, len(b.projects))
	for _, e := range b.projects[:first] {
		items = append(items, Item{Label: e.name(), Children: b.inside(e)})
	}
	rest := b.projects[first:]
	if len(rest) == 0 {
		return items
	}
	for _, e := range rest[:min(MaxChildren, len(rest))] {
		more = append(more, b.atOnce(e))
	}
	return append(items, Item{Label: fmt.Sprintf("More projects (%d)", len(rest)), Children: bounded(more, len(rest))})
}

// name is the project with its counts: "myapp ↓1 ↑2".
func (e *entry) name() string {
	// Arrows, because every font of a panel has them, and screen readers say them.
	name := words.Short(e.Label, projectWidth)
	if n := len(e.pull) + len(e.held); n > 0 {
		name += fmt.Sprintf(" ↓%d", n)
	}
	if n := len(e.push); n > 0 {
		name += fmt.Sprintf(" ↑%d", n)
	}
	if n := len(e.conflicts); n > 0 {
		name += " · " + words.Count(n, "conflict")
	}
	switch {
	case e.Stale():
		name += " (folder is gone)"
	case e.LocalOnly:
		name += " (only on this machine)"
	}
	return name
}

// inside is a project's submenu.
func (b *builder) inside(e *entry) []Item {
	// Pushes and pulls come first, nearest to the pointer.
	var items []Item
	if n := len(e.push); n > 0 {
		items = append(items, b.verb("Push "+words.Count(n, "session"), command.Command{Verb: command.Push, Project: e.Key}))
	}
	if n := len(e.pull); n > 0 {
		var from []string
		for _, s := range e.pull {
			from = union(from, s.From)
		}
		items = append(items, b.verb("Pull "+words.Count(n, "session")+" from "+and(from), command.Command{Verb: command.Pull, Project: e.Key}))
	}
	for _, s := range e.held[:min(3, len(e.held))] {
		after := ": leave it in Claude Code, " + and(s.From) + " has more"
		items = append(items, Item{Label: words.Short(around("", titleOf(s.Session), after), labelWidth), Disabled: true})
	}
	items = append(items, b.sessions(e)...)
	items = append(items, e.folders()...)
	return append(items,
		Item{Label: "Keep on this machine only", Checkbox: true, Checked: e.LocalOnly, Do: command.Command{Verb: command.KeepLocal, Project: e.Key}},
		Item{Label: "Forget", Do: command.Command{Verb: command.Forget, Project: e.Key}})
}

// sessions are the newest conversations, to resume. Archived ones are left out: Claude Code has deleted them.
func (b *builder) sessions(e *entry) []Item {
	var items []Item
	for _, s := range e.Sessions {
		if s.ID != "" && s.State != syncer.Archived && len(items) < Newest {
			items = append(items, b.session(e, s))
		}
	}
	return items
}

// session opens a terminal with the conversation. If another machine has more of it, the entry pulls it instead:
// a person who continues the old end makes a second branch.
func (b *builder) session(e *entry, s syncer.Session) Item {
	// claude --resume finds a session only in its folder, so it needs a checkout.
	item := Item{Do: command.Command{Verb: command.Resume, Project: e.Key, Session: s.ID, Path: s.Cwd}, Disabled: s.Cwd == ""}
	end := " · " + words.Short(b.lastOn(s), machineWidth) + " · " + b.age(s)
	switch {
	case s.Problem != nil:
		end, item.Disabled = end+" · cannot be read", true
	case s.Open: // a second Claude Code would write into the same file
		end, item.Disabled = end+" · open", true
	case e.LocalOnly && s.Path == "": // on other machines only, and the project is not synced
		item.Disabled = true
	case b.pullFirst(e, s):
		end += " · pull first"
		item.Do = command.Command{Verb: command.Pull, Project: e.Key, Session: s.ID}
		item.Disabled = item.Disabled || b.Unavailable != "" || b.doing(item.Do)
	}
	item.Label = words.Short(titleOf(s), min(titleWidth, labelWidth-len([]rune(end)))) + end
	return item
}

// age is how old a session is. While the view is idle it has no minutes, because they would soon be wrong.
func (b *builder) age(s syncer.Session) string {
	d := b.Now.Sub(s.Modified)
	if b.Idle && d < time.Hour {
		return "< 1 h"
	}
	return lasted(d)
}

// pullFirst reports whether another machine has more of a session. Without the sync folder a session that is here
// can be resumed all the same: a second branch is a question for later, not a loss.
func (b *builder) pullFirst(e *entry, s syncer.Session) bool {
	return !e.LocalOnly && (s.State == syncer.RemoteOnly || s.State == syncer.Behind && b.Unavailable == "")
}

// lastOn is the machine that last continued the session, as far as packs tell.
func (b *builder) lastOn(s syncer.Session) string {
	if len(s.Versions) == 0 || s.State == syncer.Ahead || s.State == syncer.LocalOnly {
		return b.Snapshot.Machine
	}
	return slices.MaxFunc(s.Versions, func(a, b syncer.Version) int { return a.Exported.Compare(b.Exported) }).Machine
}

// folders are entries that open the checkouts.
func (e *entry) folders() []Item {
	const shown = 3
	var items []Item
	for _, c := range e.Cwds {
		if !c.Stale && len(items) < shown {
			items = append(items, Item{Label: "Open " + words.Short(c.Path, labelWidth-len("Open ")), Do: command.Command{Verb: command.OpenFolder, Path: c.Path}})
		}
	}
	if len(items) == 1 {
		items[0].Label = "Open folder"
	}
	return items
}

// atOnce is a project inside a submenu, where it cannot have a submenu of its own: some panels show two levels only
// (the third was blank in 10 of 15 starts with libdbusmenu-gtk).
func (b *builder) atOnce(e *entry) Item {
	// A click pulls or pushes if there is something to do. Else it opens the folder.
	switch folders := e.folders(); {
	case len(e.pull) > 0:
		return b.verb(e.name()+" · pull", command.Command{Verb: command.Pull, Project: e.Key})
	case len(e.push) > 0:
		return b.verb(e.name()+" · push", command.Command{Verb: command.Push, Project: e.Key})
	case len(folders) > 0:
		return Item{Label: words.Short(e.name()+" · open folder", labelWidth), Do: folders[0].Do}
	}
	return Item{Label: e.name(), Disabled: true}
}
