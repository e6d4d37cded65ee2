package desk

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// detach gives a program a session of its own, so that it does not end with this one.
func detach(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

func openPath(ctx context.Context, path string) error {
	opener, ok := firstOf("xdg-open", "gio")
	if !ok {
		return errNoProgram
	}
	if filepath.Base(opener) == "gio" {
		return launch(ctx, "", opener, "open", path)
	}
	return launch(ctx, "", opener, path)
}

// openTerminal tries the terminal of the user or the desktop first, then the common ones. Most take the command as
// words after "-e".
func openTerminal(ctx context.Context, dir string, command []string) error {
	for _, t := range terminals(os.Getenv("TERMINAL")) {
		if path, ok := firstOf(t[0]); ok {
			return launch(ctx, dir, path, append(t[1:], keptOpen(command)...)...)
		}
	}
	return ErrNoTerminal
}

// terminals lists programs with their arguments before the command.
func terminals(named string) [][]string {
	all := [][]string{
		{"xdg-terminal-exec"}, {"x-terminal-emulator", "-e"}, {"kgx", "--"}, {"gnome-terminal", "--"}, {"ptyxis", "--"},
		{"konsole", "-e"}, {"xfce4-terminal", "-x"}, {"mate-terminal", "-x"}, {"kitty"}, {"alacritty", "-e"},
		{"wezterm", "start", "--"}, {"foot"}, {"lxterminal", "-e"}, {"xterm", "-e"},
	}
	for _, t := range all {
		if t[0] == filepath.Base(named) {
			return append([][]string{append([]string{named}, t[1:]...)}, all...)
		}
	}
	return append([][]string{{named, "-e"}}, all...)
}

// keptOpen runs the command in a shell that stays after it, so that a person can read the output.
func keptOpen(command []string) []string {
	quoted := make([]string, len(command))
	for i, word := range command {
		quoted[i] = shellQuote(word)
	}
	return []string{"sh", "-c", strings.Join(quoted, " ") + `; exec "${SHELL:-sh}"`}
}

func chooseFolder(ctx context.Context, title, start string) (string, error) {
	if path, err := choosePortal(ctx, title); err == nil || err == ErrNotChosen {
		return path, err
	}
	if start == "" {
		start, _ = os.UserHomeDir()
	}
	if zenity, ok := firstOf("zenity", "qarma"); ok {
		return chosen(answer(ctx, zenity, "--file-selection", "--directory", "--title="+title, "--filename="+start+"/"))
	}
	if kdialog, ok := firstOf("kdialog"); ok {
		return chosen(answer(ctx, kdialog, "--title", title, "--getexistingdirectory", start))
	}
	return "", errNoProgram
}

// confirm asks with the program of the desktop. The portals have no dialog for a question.
func confirm(ctx context.Context, question, yes string) error {
	if zenity, ok := firstOf("zenity", "qarma"); ok {
		return confirmed(answer(ctx, zenity, "--question", "--no-markup", "--default-cancel", "--title=claude-sync", "--width=480",
			"--ok-label="+yes, "--cancel-label=Cancel", "--text="+question))
	}
	if kdialog, ok := firstOf("kdialog"); ok {
		// Kdialog takes a text with a tag for HTML.
		text := strings.ReplaceAll(question, "<", "‹")
		return confirmed(answer(ctx, kdialog, "--title", "claude-sync", "--yes-label", yes, "--no-label", "Cancel", "--warningyesno", text))
	}
	return errNoProgram
}

// copyText gives the text to the clipboard program of the display server in use.
func copyText(ctx context.Context, text string) error {
	programs := [][]string{{"xclip", "-selection", "clipboard"}, {"xsel", "--clipboard", "--input"}}
	if os.Getenv("WAYLAND_DISPLAY") != "" {
		programs = append([][]string{{"wl-copy"}}, programs...)
	}
	for _, p := range programs {
		if path, ok := firstOf(p[0]); ok {
			return feed(ctx, text, path, p[1:]...)
		}
	}
	return errNoProgram
}
