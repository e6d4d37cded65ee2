package panel

// menuFirst: there is no menu bar before the application runs.
const menuFirst = false

// title would be painted into the menu bar.
const title = ""

func prepare() {}

func escapeLabel(s string) string { return s }

func escapeTooltip(s string) string { return s }
