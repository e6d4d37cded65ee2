package desk

import (
	"context"
	"os/exec"
	"strings"
	"syscall"
)

// detach gives a program a session of its own, so that it does not end with this one.
func detach(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

func openPath(ctx context.Context, path string) error { return launch(ctx, "", "open", path) }

// openTerminal uses Terminal, which every macOS has. It takes a command only by script.
func openTerminal(ctx context.Context, dir string, command []string) error {
	script := `tell application "Terminal"
activate
do script ` + scriptQuote(ShellCommand(dir, command)) + `
end tell`
	return launch(ctx, "", "osascript", "-e", script)
}

func chooseFolder(ctx context.Context, title, start string) (string, error) {
	script := "POSIX path of (choose folder with prompt " + scriptQuote(title)
	if start != "" {
		script += " default location (POSIX file " + scriptQuote(start) + ")"
	}
	path, err := chosen(answer(ctx, "osascript", "-e", script+")"))
	return strings.TrimSuffix(path, "/"), err
}

func confirm(ctx context.Context, question, yes string) error {
	script := "display dialog " + scriptQuote(question) + ` with title "claude-sync" buttons {"Cancel", ` + scriptQuote(yes) +
		`} default button "Cancel" cancel button "Cancel"`
	return confirmed(answer(ctx, "osascript", "-e", script))
}

func copyText(ctx context.Context, text string) error { return feed(ctx, text, "pbcopy") }
