package notify

import "strings"

// markup escapes text for a server that reads its markup. A bare "&" makes some show all of it literally.
// See https://specifications.freedesktop.org/notification-spec/latest/markup.html
func markup(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// disarm takes from text what beeep v0.11.3 does not escape on Windows. Its toast puts title and body
// into CDATA, and where the system's own interface fails, that into a PowerShell script between @" and
// "@, where $(…) is run: a session's title from another machine would be a program.
func disarm(s string) string {
	return strings.NewReplacer("]]>", "]] >", "$", "＄", "`", "'", `"`, "”").Replace(s)
}
