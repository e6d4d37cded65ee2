package autostart

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// This is a command line as CommandLineToArgvW and the C runtime read it. The program comes first, bare or in quotes, and
// has no escapes. In an argument a quote is \", and backslashes are doubled only before a quote. A test on Windows compares
// both functions with the system's own. They are written here so that they are tested everywhere.

// maxCommandLine is the length that Windows documents for a Run value ("no longer than 260 characters").
// https://learn.microsoft.com/windows/win32/setupapi/run-and-runonce-registry-keys
const maxCommandLine = 260

// composeCommandLine writes args as one command line.
func composeCommandLine(args []string) (string, error) {
	if strings.Contains(args[0], `"`) {
		return "", fmt.Errorf("program path %#q has a quote", args[0])
	}
	line := `"` + args[0] + `"`
	for _, a := range args[1:] {
		line += " " + quoteArg(a)
	}
	if n := len(utf16.Encode([]rune(line))); n > maxCommandLine {
		return "", fmt.Errorf("command line for login has %d characters, Windows takes %d: %s", n, maxCommandLine, line)
	}
	return line, nil
}

// quoteArg puts an argument in quotes if it needs them.
func quoteArg(a string) string {
	if a != "" && !strings.ContainsAny(a, " \t\n\r\v\"") {
		return a
	}
	var b strings.Builder
	b.WriteByte('"')
	slashes := 0
	for i := range len(a) {
		switch a[i] {
		case '\\':
			slashes++
			continue
		case '"':
			b.WriteString(strings.Repeat(`\`, 2*slashes+1))
		default:
			b.WriteString(strings.Repeat(`\`, slashes))
		}
		slashes = 0
		b.WriteByte(a[i])
	}
	b.WriteString(strings.Repeat(`\`, 2*slashes))
	b.WriteByte('"')
	return b.String()
}

// parseCommandLine reads any command line. It has no error, because every line can be read.
func parseCommandLine(line string) []string {
	var args []string
	if rest, ok := strings.CutPrefix(line, `"`); ok {
		program, after, _ := strings.Cut(rest, `"`)
		args, line = []string{program}, after
	} else {
		end := strings.IndexAny(line+" ", " \t")
		args, line = []string{line[:end]}, line[end:]
	}
	for {
		line = strings.TrimLeft(line, " \t")
		if line == "" {
			return args
		}
		var a string
		a, line = nextCommandArg(line)
		args = append(args, a)
	}
}

// nextCommandArg takes the first argument off line.
func nextCommandArg(line string) (arg, rest string) {
	var b strings.Builder
	quoted, slashes := false, 0
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c == '\\' {
			slashes++
			continue
		}
		if c != '"' {
			b.WriteString(strings.Repeat(`\`, slashes))
			slashes = 0
			if !quoted && (c == ' ' || c == '\t') {
				return b.String(), line[i:]
			}
			b.WriteByte(c)
			continue
		}
		b.WriteString(strings.Repeat(`\`, slashes/2))
		switch {
		case slashes%2 == 1:
			b.WriteByte('"')
		case quoted && i+1 < len(line) && line[i+1] == '"': // "" inside quotes is a quote
			b.WriteByte('"')
			i++
		default:
			quoted = !quoted
		}
		slashes = 0
	}
	b.WriteString(strings.Repeat(`\`, slashes))
	return b.String(), ""
}

// approved reads a StartupApproved value, with which the Task Manager and the Settings switch Run values off: an odd first
// byte means off, no value means on. The other bytes are a time.
func approved(value []byte) bool { return len(value) == 0 || value[0]%2 == 0 }
