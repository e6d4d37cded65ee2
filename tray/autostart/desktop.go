package autostart

import (
	"fmt"
	"strings"
)

// An autostart file of the freedesktop.org Desktop Entry and Autostart specifications: a UTF-8 text of
// key=value lines under [group] headings, of which [Desktop Entry] is the first. Two levels of quoting lie
// over a program's argument in Exec. First the argument: in double quotes, with \ before " ` $ and \, and
// with % doubled, because %f and its like are placeholders. Then, as in every value, the whole text:
// \ becomes \\, and white space that a line cannot hold becomes \n, \t, \r (\s is a space). A
// backslash in an argument is therefore written as four.

const desktopGroup = "[Desktop Entry]"

// blank is the format's white space. It is ASCII's: a no-break space belongs to a name.
const blank = " \t\r\n"

// composeDesktop writes the file. Everything that the format allows is written so that it reads back the
// same; a program path with % is refused, because glib looks for the file before it resolves the
// doubled sign (seen with 2.74), and the entry would silently start nothing.
func composeDesktop(e Entry) ([]byte, error) {
	if strings.Contains(e.Exec[0], "%") {
		return nil, fmt.Errorf("program path %#q has a %%, which desktops cannot start at login", e.Exec[0])
	}
	lines := []string{
		desktopGroup,
		"Type=Application",
		"Name=" + escapeValue(e.Name),
	}
	for _, optional := range []struct{ key, value string }{{"Comment", e.Comment}, {"Icon", e.Icon}} {
		if optional.value != "" {
			lines = append(lines, optional.key+"="+escapeValue(optional.value))
		}
	}
	lines = append(lines,
		"TryExec="+escapeValue(e.Exec[0]), // a program that was removed is passed over; only the outer level here
		"Exec="+escapeValue(quoteExec(e.Exec)),
		"Terminal=false",
		"StartupNotify=false", // a tray opens no window that a busy pointer could wait for
		"X-GNOME-Autostart-enabled=true",
		"",
	)
	return []byte(strings.Join(lines, "\n")), nil
}

// escapeValue is the outer level. A space is only in danger at the beginning, where readers trim.
func escapeValue(s string) string {
	s = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(s)
	if strings.HasPrefix(s, " ") {
		s = `\s` + s[1:]
	}
	if strings.HasSuffix(s, " ") {
		s = s[:len(s)-1] + `\s`
	}
	return s
}

// quoteExec is the inner level.
func quoteExec(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		a = strings.ReplaceAll(a, "%", "%%")
		if a == "" || strings.ContainsFunc(a, reserved) {
			a = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`).Replace(a) + `"`
		}
		quoted[i] = a
	}
	return strings.Join(quoted, " ")
}

// reserved are the characters that need quotes: those that the specification names, and to be safe every
// other sign that some shell could take for its own.
func reserved(r rune) bool {
	return r < 0x80 && !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9') && !strings.ContainsRune("%+,-./:@_", r)
}

// parseDesktop reads a file, ours or edited by a desktop's settings.
func parseDesktop(text []byte) (Status, error) {
	keys, err := desktopKeys(string(text))
	if err != nil {
		return Status{}, err
	}
	line, err := unescapeValue(keys["Exec"])
	if err != nil {
		return Status{}, err
	}
	args, err := splitExec(line)
	if err != nil {
		return Status{}, err
	}
	if len(args) == 0 {
		return Status{}, fmt.Errorf("desktop entry has no Exec")
	}
	state := On
	if keys["Hidden"] == "true" || keys["X-GNOME-Autostart-enabled"] == "false" {
		state = SwitchedOff
	}
	return Status{State: state, Exec: args}, nil
}

// desktopKeys are the raw values of the first group; of a key that comes twice the last, as glib does.
func desktopKeys(text string) (map[string]string, error) {
	keys := make(map[string]string)
	inside := false
	for line := range strings.Lines(text) {
		line = strings.Trim(line, blank)
		if strings.HasPrefix(line, "[") {
			inside = line == desktopGroup
			if inside {
				keys["group"] = line
			}
			continue
		}
		if key, value, ok := strings.Cut(line, "="); ok && inside && !strings.HasPrefix(line, "#") {
			keys[strings.Trim(key, blank)] = strings.Trim(value, blank)
		}
	}
	if keys["group"] == "" {
		return nil, fmt.Errorf("no %s in it", desktopGroup)
	}
	return keys, nil
}

// unescapeValue undoes escapeValue.
func unescapeValue(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		if i++; i == len(s) {
			return "", fmt.Errorf("value %q ends in a backslash", s)
		}
		plain, ok := map[byte]byte{'s': ' ', 'n': '\n', 't': '\t', 'r': '\r', '\\': '\\', ';': ';'}[s[i]]
		if !ok {
			return "", fmt.Errorf("value %q has the unknown escape \\%c", s, s[i])
		}
		b.WriteByte(plain)
	}
	return b.String(), nil
}

// splitExec undoes quoteExec, and drops the placeholders that other writers may have put in (%U, %f):
// nothing is ever put in their place at login.
func splitExec(s string) ([]string, error) {
	var args []string
	for {
		s = strings.TrimLeft(s, blank)
		if s == "" {
			return args, nil
		}
		arg, rest, err := nextArg(s)
		if err != nil {
			return nil, err
		}
		s = rest
		if plain, some := expand(arg); some {
			args = append(args, plain)
		}
	}
}

// nextArg takes the first argument off s, without its quotes. A quote may stand inside a word, too.
func nextArg(s string) (arg, rest string, err error) {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case !quoted && strings.IndexByte(blank, c) >= 0:
			return b.String(), s[i:], nil
		default:
			b.WriteByte(c)
		}
	}
	if quoted {
		return "", "", fmt.Errorf("command %q lacks a closing quote", s)
	}
	return b.String(), "", nil
}

// expand makes %% a % and drops placeholders. An argument that was nothing but one is no argument.
func expand(arg string) (plain string, some bool) {
	if len(arg) == 2 && arg[0] == '%' && arg[1] != '%' {
		return "", false
	}
	var b strings.Builder
	for i := 0; i < len(arg); i++ {
		if arg[i] != '%' {
			b.WriteByte(arg[i])
			continue
		}
		if i++; i < len(arg) && arg[i] == '%' {
			b.WriteByte('%')
		}
	}
	return b.String(), true
}
