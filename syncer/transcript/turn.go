package transcript

import (
	"io"
	"strings"

	"claude-sync/syncer/internal/rows"
)

// rowReader reads rows, their uuids as their values, and whether each is a turn.
type rowReader struct{ *rows.Scanner }

func newRowReader(r io.Reader) rowReader {
	return rowReader{rows.NewScanner(r, "uuid", "type", "isMeta", "rowSource", "message.content", "parentUuid")}
}

func (r rowReader) parent() string { return r.Text(5) }

// isTurn reports whether the row that was read, which has a uuid, is a turn: whether its machine went on with the
// conversation. Claude Code gives a uuid also to rows that it writes for itself: for /rename, /model or /effort, for
// a prompt that a hook blocked, or for a hook that ran. An unknown kind of row counts as a turn, because a conflict
// that is none costs less than a turn that nobody is shown.
func (r rowReader) isTurn() bool {
	switch r.Text(1) {
	case "system", "attachment", "progress":
		return false
	case "user":
		return r.Text(2) != "true" && !isLocal(r.Text(3), r.Text(4))
	}
	return true
}

// isLocal reports whether a user row is a command or its output, and nothing that was said to the model. Older
// versions of Claude Code write no rowSource; their rows are known by how they begin.
func isLocal(source, content string) bool {
	if source != "" {
		return source == "local" || source == "harness"
	}
	return strings.HasPrefix(content, "<command-name>") || strings.HasPrefix(content, "<local-command-")
}
