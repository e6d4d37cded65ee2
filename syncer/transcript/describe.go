package transcript

import (
	"bytes"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"claude-sync/syncer/internal/rows"
	"claude-sync/syncer/words"
)

// titleLimit is how many characters of a title people get to see.
const titleLimit = 80

// Description is what a transcript says of itself. Every field may be empty, and no field is to be trusted: the
// file may come from another machine.
type Description struct {
	// Title is the label in Claude Code's picker, cleaned by words.Label to one line of 80 characters at most.
	Title string
	// Cwd is the working directory that counts as the session's: that of the last move, else the first
	// recorded one. It is raw text, often a path of another machine.
	Cwd string
	// LastCwd is the working directory of the last row that names one. After a session was pulled and continued here,
	// it is ours while Cwd is another machine's.
	LastCwd string
	// Empty says that the transcript has no whole row: it is new, or a crash left zeros or half a row.
	Empty bool
	// Entrypoint is "cli" for a session made at the terminal, "sdk-cli" for one of claude -p, which the
	// picker hides.
	Entrypoint string
}

// Describe describes the transcript of the given size that r reads, from its first and last 64 KB: Claude Code's
// picker reads no more either. The contents are never an error; a failure to read them is.
func Describe(r io.ReaderAt, size int64) (Description, error) {
	head, err := readAt(r, 0, min(size, window))
	if err != nil {
		return Description{}, err
	}
	if size <= window {
		d := describe(head, head)
		d.Empty = !hasRow(head)
		return d, nil
	}
	tail, err := readTail(r, size, window)
	if err != nil {
		return Description{}, err
	}
	d := describe(head, tail)
	if !hasRow(head) { // a crash may leave many zeros, and one long row need not be whole
		d.Empty, err = nothingWhole(r, size)
	}
	return d, err
}

// nothingWhole is Description.Empty for a transcript whose beginning has no whole row.
func nothingWhole(r io.ReaderAt, size int64) (bool, error) {
	end, err := LastNewline(r, size)
	if err != nil {
		return false, err
	}
	return Local{r, end}.Blank()
}

// hasRow reports whether a text has a whole row that is not blank.
func hasRow(text []byte) bool {
	s := rows.NewScanner(bytes.NewReader(text), "")
	for s.Next() {
		row := s.Row()
		if row.Whole && len(bytes.Trim(text[row.Offset:row.Offset+row.Size], "\x00 \t\r\n\ufeff")) > 0 {
			return true
		}
	}
	return false
}

// RecordedCwds returns every absolute path that the two ends of a transcript name as a working directory,
// sorted. A pulled session that was continued here has the other machine's at its head and ours at its tail.
func RecordedCwds(r io.ReaderAt, size int64) ([]string, error) {
	head, err := readAt(r, 0, min(size, window))
	if err != nil {
		return nil, err
	}
	tail, err := readTail(r, size, window)
	if err != nil {
		return nil, err
	}
	var cwds []string
	for _, text := range [][]byte{head, tail} {
		for line := range bytes.Lines(text) {
			r := readRow(line)
			cwds = append(cwds, r.cwd, r.relocatedCwd)
		}
	}
	slices.Sort(cwds)
	return slices.DeleteFunc(slices.Compact(cwds), func(cwd string) bool { return !filepath.IsAbs(cwd) }), nil
}

// describe decides from the two ends. Both are the whole text of a short file.
func describe(head, tail []byte) Description {
	var d Description
	var first titles
	for line := range bytes.Lines(head) {
		r := readRow(line)
		first.add(r)
		if d.Cwd == "" {
			d.Cwd = r.cwd
		}
		if d.Entrypoint == "" {
			d.Entrypoint = r.entrypoint
		}
	}
	var last titles
	for line := range bytes.Lines(tail) {
		r := readRow(line)
		last.add(r)
		if r.cwd != "" {
			d.LastCwd = r.cwd
		}
		// Claude Code repeats the row of a move at the end, and looks for it only there.
		if r.kind == "relocated" && r.relocatedCwd != "" {
			d.Cwd = r.relocatedCwd
		}
	}
	d.Title = choose(first, last)
	return d
}

// titles are the texts that may name a session. The last one of each kind in file order counts, except for the
// prompts: there the first does.
type titles struct{ custom, ai, lastPrompt, summary, firstPrompt string }

func (t *titles) add(r row) {
	switch r.kind {
	case "custom-title":
		t.custom = r.customTitle
	case "ai-title":
		t.ai = r.aiTitle
	case "last-prompt":
		// Most such rows only move the leaf and have no text.
		if r.lastPrompt != "" {
			t.lastPrompt = r.lastPrompt
		}
	case "summary":
		t.summary = r.summary
	case "user":
		if t.firstPrompt == "" && !r.aside {
			t.firstPrompt = promptText(r.message)
		}
	}
}

// choose takes the best kind of title that is not empty, the later one if both ends have that kind.
func choose(first, last titles) string {
	for _, candidate := range []string{
		last.custom, first.custom, last.ai, first.ai, last.lastPrompt, first.lastPrompt,
		last.summary, first.summary, first.firstPrompt,
	} {
		if title := words.Label(candidate, titleLimit); title != "" {
			return title
		}
	}
	return ""
}

// promptText returns the text that a person typed in a user row's message: its content, or the first text in it.
func promptText(message []byte) string {
	for key, value := range rows.Members(message) {
		if key != "content" {
			continue
		}
		if value[0] == '"' {
			return typed(rows.Unquote(value))
		}
		for part := range rows.Elements(value) {
			if text := typed(partText(part)); text != "" {
				return text
			}
		}
	}
	return ""
}

func partText(part []byte) string {
	var kind, text string
	for key, value := range rows.Members(part) {
		switch key {
		case "type":
			kind = rows.Unquote(value)
		case "text":
			text = rows.Unquote(value)
		}
	}
	if kind != "text" {
		return ""
	}
	return text
}

// typed drops the texts that Claude Code itself puts into user rows: commands, their output, reminders.
func typed(text string) string {
	text = strings.TrimSpace(text)
	for _, mark := range []string{"<command-", "<local-command-", "<bash-", "<system-reminder>", "<ide_", "[Request interrupted"} {
		if strings.HasPrefix(text, mark) {
			return ""
		}
	}
	return text
}
