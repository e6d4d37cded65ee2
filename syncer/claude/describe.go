package claude

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"claude-sync/syncer/words"
)

// Description is what a transcript says of itself. Every field may be empty, and none is to be trusted:
// the file may come from another machine.
type Description struct {
	// Title is the label in Claude Code's picker, as words.Label shows it in at most 80 characters.
	Title string
	// Cwd is the working directory that counts as the session's: that of the last move, else the first
	// one recorded. It is raw text, often of another machine.
	Cwd string
	// Entrypoint is "cli" for a session made at the terminal, "sdk-cli" for one of claude -p, which the
	// picker hides.
	Entrypoint string
}

// Describe describes the transcript at path from its first and last 64 KB, which is all that Claude
// Code's picker reads too. What the file holds is never an error; not to be able to read it is.
func Describe(path string) (Description, error) {
	f, err := os.Open(path)
	if err != nil {
		return Description{}, fmt.Errorf("describing transcript: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Description{}, fmt.Errorf("describing transcript: %w", err)
	}
	if !info.Mode().IsRegular() { // a folder on Windows opens, and reads as if it were empty
		return Description{}, fmt.Errorf("describing transcript %#q: it is not a regular file", path)
	}
	d, err := DescribeReader(f, info.Size())
	if err != nil {
		return Description{}, fmt.Errorf("describing transcript: %w", err)
	}
	return d, nil
}

// DescribeReader is Describe for the transcript of the given size that r reads.
func DescribeReader(r io.ReaderAt, size int64) (Description, error) {
	head, err := readAt(r, 0, min(size, window))
	if err != nil {
		return Description{}, err
	}
	if size <= window {
		return describe(head, head), nil
	}
	tail, err := readTail(r, size, window)
	if err != nil {
		return Description{}, err
	}
	return describe(head, tail), nil
}

// describe decides from the two ends, which are the same where the file is short.
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
		// A move is looked for in the tail only, as Claude Code does: it repeats the row there.
		if r.kind == "relocated" && r.relocatedCwd != "" {
			d.Cwd = r.relocatedCwd
		}
	}
	d.Title = choose(first, last)
	return d
}

// titles are the texts that may name a session; of each kind the last one in file order counts, but of the
// prompts the first.
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

// choose takes the best kind of title that says anything, the later one where both ends have it.
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

// promptText returns what a person typed in a user row's message: its content, or the first text in it.
func promptText(message []byte) string {
	for key, value := range members(message) {
		if key != "content" {
			continue
		}
		if value[0] == '"' {
			return typed(unquote(value))
		}
		for part := range elements(value) {
			if text := typed(partText(part)); text != "" {
				return text
			}
		}
	}
	return ""
}

func partText(part []byte) string {
	var kind, text string
	for key, value := range members(part) {
		switch key {
		case "type":
			kind = unquote(value)
		case "text":
			text = unquote(value)
		}
	}
	if kind != "text" {
		return ""
	}
	return text
}

// typed drops what Claude Code itself puts into user rows: commands, their output, reminders.
func typed(text string) string {
	text = strings.TrimSpace(text)
	for _, mark := range []string{"<command-", "<local-command-", "<bash-", "<system-reminder>", "<ide_", "[Request interrupted"} {
		if strings.HasPrefix(text, mark) {
			return ""
		}
	}
	return text
}
