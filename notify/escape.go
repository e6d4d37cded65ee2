package notify

import "strings"

// markup escapes text for a service that reads markup. Some services show the whole text literally if it has a bare "&".
// See https://specifications.freedesktop.org/notification-spec/latest/markup.html
func markup(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// disarm replaces characters that beeep v0.11.3 does not escape on Windows. Beeep puts title and body into CDATA. If the
// system's own interface fails, it puts that into a PowerShell script between @" and "@, where PowerShell runs $(…): the
// title of another machine's session would be a program.
func disarm(s string) string {
	return strings.NewReplacer("]]>", "]] >", "$", "＄", "`", "'", `"`, "”").Replace(s)
}
