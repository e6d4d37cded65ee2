package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"

	"pgregory.net/rapid"
)

// commandRows begin the rows that Claude Code writes for commands that say nothing to the model.
var commandRows = []string{
	`"type":"system","subtype":"local_command"`, `"type":"attachment"`, `"type":"user","isMeta":true`, `"type":"user","rowSource":"local"`,
	`"type":"user","message":{"role":"user","content":"<command-name>/model"}`,
}

// row makes a row of its own: n tells it from every other, its kind is read off again by the laws.
func (g *game) row(kind string) string {
	g.next++
	when := g.w.now.Add(time.Duration(g.next) * time.Second).UTC().Format(time.RFC3339)
	switch kind {
	case "turn":
		return fmt.Sprintf(`{"type":"user","parentUuid":"PARENT","uuid":"u%d","n":%d,"v":"","timestamp":%q,"sessionId":"x"}`+"\n", g.next, g.next, when)
	case "command":
		return fmt.Sprintf(`{%s,"parentUuid":"PARENT","uuid":"u%d","n":%d,"v":"","command":1}`+"\n", commandRows[g.next%len(commandRows)], g.next, g.next)
	case "title":
		return fmt.Sprintf(`{"type":"custom-title","customTitle":"t%d","n":%d}`+"\n", g.next, g.next)
	}
	return fmt.Sprintf(`{"type":"mode","n":%d}`+"\n", g.next)
}

// isTurn reports whether row made the row as a turn.
func isTurn(row string) bool {
	return strings.Contains(row, `"uuid"`) && !strings.Contains(row, `"command"`)
}

func (g *game) append(m *Machine, id ccsync.SessionID, row string) {
	text := g.w.read(m, id)
	if strings.HasPrefix(row, "{") && strings.HasSuffix(text, "}") {
		row = "\n" + row
	}
	g.appendRaw(m, id, strings.Replace(row, "PARENT", tip(text), 1))
}

func (g *game) appendRaw(m *Machine, id ccsync.SessionID, row string) {
	path := g.w.path(m, id)
	g.check(os.MkdirAll(filepath.Dir(path), 0o755))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	g.check(err)
	_, err = f.WriteString(row)
	g.check(err)
	g.check(f.Close())
}

// write is what Claude Code does to one of the machine's sessions.
func (g *game) write(m *Machine, kind string) {
	id, ok := g.session(m)
	if !ok {
		return
	}
	if kind == "torn" { // a row that is being written while others read, and is whole a moment later
		row := g.row("turn")
		g.append(m, id, row[:len(row)/2])
		_, err := m.Push(context.Background(), syncer.Scope{})
		g.check(err)
		g.noTornPacks(m)
		g.append(m, id, row[len(row)/2:])
		return
	}
	if kind == "bare" { // a whole row whose newline was not written: the disk was full, or an editor took it off
		g.append(m, id, strings.TrimSuffix(g.row("turn"), "\n"))
		return
	}
	g.append(m, id, g.row(kind))
}

// session is one of the machine's sessions.
func (g *game) session(m *Machine) (ccsync.SessionID, bool) {
	ids := g.sessions(m)
	if len(ids) == 0 {
		return "", false
	}
	return ids[rapid.IntRange(0, len(ids)-1).Draw(g.T, "session")], true
}

var rewritable = regexp.MustCompile(`"v":"\w*"`)

// rewrite is what a person does to rows with an editor, or a program to the paths in them. Most often the editor makes
// a new file.
func (g *game) rewrite(m *Machine, before map[string]map[string]string) {
	id, ok := g.session(m)
	if !ok {
		return
	}
	rows := strings.SplitAfter(g.w.read(m, id), "\n")
	from := rapid.IntRange(0, len(rows)-1).Draw(g.T, "row")
	to := rapid.SampledFrom([]int{from + 1, from + 1, len(rows)}).Draw(g.T, "to")
	for i := from; i < to; i++ {
		g.next++ // the file grows, so that no cache takes it for the old one
		rows[i] = rewritable.ReplaceAllString(rows[i], fmt.Sprintf(`"v":"%s%s"`, m.Name, strings.Repeat("x", g.next)))
	}
	text := strings.Join(rows, "")
	path := g.w.path(m, id)
	if rapid.Bool().Draw(g.T, "in place") {
		g.check(os.WriteFile(path, []byte(text), 0o600))
	} else {
		g.check(os.WriteFile(path+".new", []byte(text), 0o600))
		g.check(os.Rename(path+".new", path))
	}
	before[g.where(m, id)] = numbered(text)
}
