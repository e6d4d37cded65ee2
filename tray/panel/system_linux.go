package panel

// menuFirst says that the menu can be made before the library runs. Then no panel ever sees half a menu.
const menuFirst = true

// title is the item's fixed id on the bus. Panels remember the icon's place by this id.
const title = "claude-sync"

// prepare puts inOrder before the library. Without it some panels leave submenus empty, which is no reason to
// show no icon at all.
func prepare() { _ = answerInOrder() }

// escapeLabel doubles "_", which is an access key in GTK and Qt.
func escapeLabel(s string) string { return doubled(s, "_") }

func escapeTooltip(s string) string { return s }
