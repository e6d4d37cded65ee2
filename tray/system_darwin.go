package tray

// menuFirst: before the application runs there is no menu bar.
const menuFirst = false

// title would be painted into the menu bar.
const title = ""

func escapeLabel(s string) string { return s }

func escapeTooltip(s string) string { return s }
