package desk

import (
	"context"
	"encoding/binary"
	"errors"
	"os/exec"
	"strings"
	"unicode/utf16"
)

// ShellCommand is what a person can paste into a shell to run a command in a folder.
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

// windowsQuote quotes a word for cmd and PowerShell alike, where it needs it. Neither character that would
// break it can be in a path.
func windowsQuote(word string) string {
	if word == "" || strings.ContainsAny(word, " \t&()^;,='%!`$@{}[]+~#") {
		return `"` + word + `"`
	}
	return word
}

// scriptQuote makes an AppleScript text.
func scriptQuote(s string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`) + `"`
}

// chosen reads a dialog's answer. All of them exit with 1 when it was closed without one.
func chosen(path string, err error) (string, error) {
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 || err == nil && path == "" {
		return "", ErrNotChosen
	}
	return path, err
}

// feed gives a program a text to read. Some go on in the background to serve it, with our pipes open if
// they had any: they get none but the first.
func feed(ctx context.Context, text, name string, args ...string) error {
	c := exec.CommandContext(ctx, name, args...)
	c.Stdin = strings.NewReader(text)
	detach(c)
	return c.Run()
}

// utf16Text is the text in UTF-16 with its mark, low byte first.
func utf16Text(s string) string {
	b := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}
