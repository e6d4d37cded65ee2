package panel

// menuFirst: the library can add no entry before its window exists.
const menuFirst = false

// title: Windows shows none.
const title = ""

func prepare() {}

// escapeLabel doubles "&", which is an access key.
func escapeLabel(s string) string { return doubled(s, "&") }

// escapeTooltip doubles "&": Windows takes it for an access key in tooltips, too.
func escapeTooltip(s string) string { return doubled(s, "&") }
