package panel

import (
	"slices"

	"claude-sync/tray/menu"
)

// topSlots are the entries of the menu, in the four sections that menu.Build draws: the state, the commands
// for everything, the projects, and the rest. There are more than menu.MaxItems, because a section does not
// have the same kinds every time.
func topSlots() []kind {
	foot := []kind{branch, box, box, plain, plain, plain}
	return slices.Concat(
		repeat(4, plain), repeat(10, branch), repeat(1, plain), repeat(1, line),
		repeat(8, plain), repeat(1, line),
		repeat(16, branch), foot[1:], repeat(1, line),
		foot)
}

// childSlots are the entries of each submenu. A project has one box, before its last entry; the longest
// lists have none.
func childSlots() []kind {
	return slices.Concat(repeat(menu.MaxChildren-5, plain), repeat(1, box), repeat(5, plain))
}

// countLines counts the lines among slots.
func countLines(slots []*slot) int {
	n := 0
	for _, s := range slots {
		if s.kind == line {
			n++
		}
	}
	return n
}

// withSection adds a section to a menu that has one fewer than there are lines: it puts a line before the last
// two entries (the version and Quit). A line cannot be hidden, and two lines with nothing between them look
// broken.
func withSection(items []menu.Item, lines int) []menu.Item {
	last, n := -1, 0
	for i, item := range items {
		if item.Separator {
			last = i
			n++
		}
	}
	if n != lines-1 || len(items)-last <= 3 {
		return items
	}
	return slices.Insert(slices.Clone(items), len(items)-2, menu.Item{Separator: true})
}
