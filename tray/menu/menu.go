package menu

import (
	"fmt"
	"strings"

	"claude-sync/syncer/command"
	"claude-sync/syncer/words"
)

// Bounds of every Menu, for programs that make all entries at the start.
const (
	MaxItems    = 44 // at the top, separators included
	MaxChildren = 16 // of one item
)

// The longest lists. Longer menus do not fit on a small screen.
const (
	maxProblems   = 10
	maxProjects   = 15
	maxCandidates = 6
)

// Build draws the picture of a view. It is pure: the same view gives an equal menu, and the view is not changed.
// Every label is one line of valid UTF-8 with 1 to 72 characters, none of which hide text or turn its direction.
// No menu is larger than MaxItems and MaxChildren.
func Build(v View) Menu {
	b := newBuilder(v)
	sections := [][]Item{append(b.status(), b.attention()...)}
	if v.SetUp {
		sections = append(sections, b.all(), b.projectItems(), b.foot())
	} else {
		sections = append(sections, b.candidates(), b.foot())
	}
	// Quit is the last entry in every state, so that a person finds it without reading.
	return Menu{Icon: b.icon(), Tooltip: b.tooltip(), Items: separated(sections)}
}

// separated joins the sections that are not empty, with separators between.
func separated(sections [][]Item) []Item {
	var items []Item
	for _, s := range sections {
		if len(s) > 0 && len(items) > 0 {
			items = append(items, Item{Separator: true})
		}
		items = append(items, s...)
	}
	return items
}

// all has the two commands for everything. They are in every menu at the same place.
func (b *builder) all() []Item {
	return []Item{b.numbered("Pull all", b.pulls, command.Pull), b.numbered("Push all", b.pushes, command.Push)}
}

// numbered adds a count to a label. Without anything to do the item has no number and is disabled.
func (b *builder) numbered(label string, n int, verb command.Verb) Item {
	if n > 0 {
		label = fmt.Sprintf("%s (%d)", label, n)
	}
	item := b.verb(label, command.Command{Verb: verb})
	item.Disabled = item.Disabled || n == 0
	return item
}

// candidates are the sync folders to choose from.
func (b *builder) candidates() []Item {
	// The folders of two accounts of one provider have the same end. Then the label is the whole path.
	names := map[string]int{}
	for _, c := range b.Candidates {
		names[lastTwo(c.Dir)]++
	}
	var items []Item
	for _, c := range b.Candidates[:min(maxCandidates, len(b.Candidates))] {
		name := lastTwo(c.Dir)
		if names[name] > 1 {
			name = c.Dir
		}
		if c.Provider != "" && !strings.Contains(name, c.Provider) {
			name += " (" + words.Plain(c.Provider) + ")"
		}
		items = append(items, Item{Label: "Use " + words.Short(name, labelWidth-len("Use ")), Do: command.Command{Verb: command.UseFolder, Path: c.Dir}})
	}
	return append(items, Item{Label: "Choose folder…", Do: command.Command{Verb: command.ChooseFolder}})
}

// lastTwo returns the last two parts of a path. It takes both / and \ for separators, because a label that is cut
// at the wrong one does no harm.
func lastTwo(dir string) string {
	parts := strings.FieldsFunc(dir, func(r rune) bool { return r == '/' || r == '\\' })
	return strings.Join(parts[max(0, len(parts)-2):], "/")
}

// foot has the settings and the program's own entries.
func (b *builder) foot() []Item {
	var items []Item
	if b.SetUp {
		items = append(items, b.folder())
	}
	// This works before the set-up, too: a person may unpack the program today and choose the folder tomorrow.
	items = append(items, Item{Label: "Start at login", Checkbox: true, Checked: b.Autostart, Do: command.Command{Verb: command.Autostart}})
	if b.SetUp {
		items = append(items, Item{Label: "Notifications", Checkbox: true, Checked: b.Notifications, Do: command.Command{Verb: command.Notifications}})
	}
	return append(items,
		Item{Label: "Check health…", Do: command.Command{Verb: command.CheckHealth}},
		Item{Label: words.Short("claude-sync "+b.Version, labelWidth), Disabled: true},
		Item{Label: "Quit", Do: command.Command{Verb: command.Quit}})
}

// folder is the sync folder: its provider, its path, and why it cannot be read.
func (b *builder) folder() Item {
	label := "Sync folder: "
	if b.Provider != "" {
		label += words.Short(b.Provider, machineWidth) + " · "
	}
	label += words.Short(b.SyncDir, labelWidth-len([]rune(label)))
	open := Item{Label: "Open", Do: b.open(), Disabled: b.Unavailable != ""}
	return Item{Label: label, Children: append(text(b.Unavailable), open, Item{Label: "Choose…", Do: command.Command{Verb: command.ChooseFolder}})}
}

// open opens the sync folder in the system's file manager.
func (b *builder) open() command.Command {
	return command.Command{Verb: command.OpenFolder, Path: b.SyncDir}
}
