package tray

// menuFirst: before its window exists the library makes nothing.
const menuFirst = false

// title: Windows shows none.
const title = ""

// escapeLabel: "&" is an access key.
func escapeLabel(s string) string { return doubled(s, "&") }

// escapeTooltip: Windows takes "&" for an access key in tooltips, too.
func escapeTooltip(s string) string { return doubled(s, "&") }
