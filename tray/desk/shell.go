package desk

import (
	"context"
	"encoding/binary"
	"errors"
	"os/exec"
	"strings"
	"unicode/utf16"
)

// ShellCommand returns a line that runs a command in a folder, for a person to paste into a shell.
func ShellCommand(dir string, command []string) string {
	words := []string{"cd", shellQuote(dir), "&&"}
	for _, w := range command {
		words = append(words, shellQuote(w))
	}
	return strings.Join(words, " ")
}

// posixQuote quotes a word for sh, where it needs it.
func posixQuote(word string) string {
	special := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@%+=,", r))
	}
	if word != "" && !strings.ContainsFunc(word, special) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// windowsQuote quotes a word for both cmd and PowerShell, where it needs it. A quote would break it, but no path has
// one.
func windowsQuote(word string) string {
	if word == "" || strings.ContainsAny(word, " \t&()^;,='%!`$@{}[]+~#") {
		return `"` + word + `"`
	}
	return word
}

// scriptQuote writes s as an AppleScript string.
func scriptQuote(s string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`) + `"`
}

// chosen reads a dialog's answer. Every dialog exits with 1 if it was closed without an answer.
func chosen(path string, err error) (string, error) {
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 || err == nil && path == "" {
		return "", ErrNotChosen
	}
	return path, err
}

// confirmed reads a dialog's answer to a question, of which only the exit code counts. Kdialog exits with 2 if it was
// closed.
func confirmed(_ string, err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && (exit.ExitCode() == 1 || exit.ExitCode() == 2) {
		return ErrNotChosen
	}
	return err
}

// feed writes a text to a program's input. The program gets no other pipe of ours: some stay in the background to
// serve the text, and would keep the pipe open.
func feed(ctx context.Context, text, name string, args ...string) error {
	c := exec.CommandContext(ctx, name, args...)
	c.Stdin = strings.NewReader(text)
	detach(c)
	return c.Run()
}

// utf16Text is the text in UTF-16 with a byte order mark, low byte first.
func utf16Text(s string) string {
	b := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}
