package tray

// menuFirst says that the menu can be made before the library runs. Then no panel ever sees half of it.
const menuFirst = true

// title is the item's fixed id on the bus, by which panels remember its place.
const title = "claude-sync"

// escapeLabel: "_" is an access key in GTK and Qt.
func escapeLabel(s string) string { return doubled(s, "_") }

func escapeTooltip(s string) string { return s }
