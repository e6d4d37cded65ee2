package autostart

import (
	"fmt"
	"strings"
)

// An autostart file follows the freedesktop.org Desktop Entry and Autostart specifications. It is a UTF-8 text of key=value
// lines under [group] headings; the first group is [Desktop Entry]. An argument in Exec is quoted twice. First the
// argument: in double quotes, with \ before " ` $ and \, and with % doubled, because %f and the like are placeholders. Then,
// as in every value, the whole text: \ becomes \\, and white space that a line cannot hold becomes \n, \t, \r (\s is a
// space). So a backslash in an argument is written as four.

const desktopGroup = "[Desktop Entry]"

// blank is the format's white space. It is ASCII only: a no-break space can be part of a name.
const blank = " \t\r\n"

// composeDesktop writes the file. All entries that the format allows read back the same. It refuses a program path with %,
// because glib looks for the file before it resolves the doubled sign (seen with 2.74), and such an entry would silently
// start nothing.
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
		"TryExec="+escapeValue(e.Exec[0]), // the desktop skips a program that was removed; only the outer level here
		"Exec="+escapeValue(quoteExec(e.Exec)),
		"Terminal=false",
		"StartupNotify=false", // a busy pointer would wait for a window
		"X-GNOME-Autostart-enabled=true",
		"",
	)
	return []byte(strings.Join(lines, "\n")), nil
}

// escapeValue is the outer level. It escapes spaces at both ends only, where readers trim.
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

// reserved are the characters that need quotes: those of the specification, and to be safe every other sign that has a
// meaning in some shell.
func reserved(r rune) bool {
	return r < 0x80 && !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9') && !strings.ContainsRune("%+,-./:@_", r)
}

// parseDesktop reads a file, as composeDesktop wrote it or as a desktop's settings edited it.
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

// desktopKeys returns the raw values of the first group. The last value of a key counts, as in glib.
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

// splitExec undoes quoteExec, and drops the placeholders of other writers (%U, %f), which are empty at login.
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

// nextArg takes the first argument off s, without its quotes. Quotes can be inside a word, too.
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

// expand makes %% a % and drops placeholders. Some is false if the argument was only a placeholder.
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
