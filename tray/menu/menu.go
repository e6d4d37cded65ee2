package menu

import (
	"fmt"
	"strings"

	"claude-sync/syncer/command"
	"claude-sync/syncer/words"
)

// Bounds of every Menu, for whoever makes its entries beforehand.
const (
	MaxItems    = 44 // at the top, separators included
	MaxChildren = 16 // of one item
)

// The longest lists. With them, an icon on a small screen still opens a menu that can be read.
const (
	maxProblems   = 10
	maxProjects   = 15
	maxCandidates = 6
)

// Build draws the picture of a view. It is pure: the same view gives an equal menu, and nothing in the view
// is changed. Every label is valid UTF-8 on one line, without characters that hide or turn the text, at most
// 72 characters long, and never empty. No menu is larger than MaxItems and MaxChildren.
func Build(v View) Menu {
	b := sumUp(v)
	sections := [][]Item{append(b.status(), b.attention()...)}
	if v.SetUp {
		sections = append(sections, b.all(), b.projectItems(), b.foot())
	} else {
		sections = append(sections, b.candidates(), b.foot())
	}
	// Quit is the last entry in every state: it must not need looking for.
	return Menu{Icon: b.icon(), Tooltip: b.tooltip(), Items: separated(sections)}
}

// separated joins what is not empty with separators between.
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

// all are the two verbs for everything. They stay where they are, so that the hand finds them.
func (b *board) all() []Item {
	return []Item{b.numbered("Pull all", b.pulls, command.Pull), b.numbered("Push all", b.pushes, command.Push)}
}

// numbered is greyed when there is nothing to do, which is what "Pull all" without a number means.
func (b *board) numbered(label string, n int, verb command.Verb) Item {
	if n > 0 {
		label = fmt.Sprintf("%s (%d)", label, n)
	}
	item := b.verb(label, command.Command{Verb: verb})
	item.Disabled = item.Disabled || n == 0
	return item
}

// candidates are the sync folders to choose from. Nothing else can work before one is chosen.
func (b *board) candidates() []Item {
	// Two accounts of one provider end alike; then the whole path tells them apart.
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

// lastTwo is the end of a path of any system. A separator of the other one is legal in a name, but cutting
// there does no harm to a label.
func lastTwo(dir string) string {
	parts := strings.FieldsFunc(dir, func(r rune) bool { return r == '/' || r == '\\' })
	return strings.Join(parts[max(0, len(parts)-2):], "/")
}

// foot is what is not about sessions.
func (b *board) foot() []Item {
	var items []Item
	if b.SetUp {
		items = append(items, b.folder())
	}
	// Works before the set-up, too: who unpacks the program today may choose the folder tomorrow.
	items = append(items, Item{Label: "Start at login", Checkbox: true, Checked: b.Autostart, Do: command.Command{Verb: command.Autostart}})
	if b.SetUp {
		items = append(items, Item{Label: "Notifications", Checkbox: true, Checked: b.Notifications, Do: command.Command{Verb: command.Notifications}})
	}
	return append(items,
		Item{Label: "Check health…", Do: command.Command{Verb: command.CheckHealth}},
		Item{Label: words.Short("claude-sync "+b.Version, labelWidth), Disabled: true},
		Item{Label: "Quit", Do: command.Command{Verb: command.Quit}})
}

// folder is the sync folder: who carries it, where it is, and why it cannot be seen.
func (b *board) folder() Item {
	label := "Sync folder: "
	if b.Provider != "" {
		label += words.Short(b.Provider, machineWidth) + " · "
	}
	label += words.Short(b.SyncDir, labelWidth-len([]rune(label)))
	open := Item{Label: "Open", Do: b.open(), Disabled: b.Unavailable != ""}
	return Item{Label: label, Children: append(said(b.Unavailable), open, Item{Label: "Choose…", Do: command.Command{Verb: command.ChooseFolder}})}
}

// open shows the sync folder in the system's file manager.
func (b *board) open() command.Command {
	return command.Command{Verb: command.OpenFolder, Path: b.SyncDir}
}
