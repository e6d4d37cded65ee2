package desk

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

const (
	createNewConsole = 0x00000010
	createNoWindow   = 0x08000000
)

// detach does nothing: on Windows a program does not end with the one that started it.
func detach(*exec.Cmd) {}

// openPath opens path as a double click would. Explorer's exit code means nothing.
func openPath(_ context.Context, path string) error {
	c := exec.Command("rundll32.exe", "url.dll,FileProtocolHandler", path)
	if err := c.Start(); err != nil {
		return err
	}
	return c.Process.Release()
}

// openTerminal uses Windows Terminal, else a console. In both, cmd runs the command and stays after it, so that a
// person can read the output.
func openTerminal(ctx context.Context, dir string, command []string) error {
	rest := append([]string{"cmd.exe", "/k"}, command...)
	if wt, ok := firstOf("wt.exe"); ok {
		// A semicolon separates tabs.
		return launch(ctx, dir, wt, append([]string{"-d", strings.ReplaceAll(dir, ";", `\;`)}, rest...)...)
	}
	c := exec.Command(rest[0], rest[1:]...)
	c.Dir = dir
	c.SysProcAttr = &syscall.SysProcAttr{CreationFlags: createNewConsole}
	if err := c.Start(); err != nil {
		return ErrNoTerminal
	}
	return c.Process.Release()
}

// chooseFolder asks with a dialog of PowerShell, which every Windows has. Title and start are in the environment, where
// nothing has to be quoted.
func chooseFolder(ctx context.Context, title, start string) (string, error) {
	const script = `Add-Type -AssemblyName System.Windows.Forms
[Console]::OutputEncoding = [Text.Encoding]::UTF8
$d = New-Object System.Windows.Forms.FolderBrowserDialog
$d.Description = $env:CLAUDE_SYNC_TITLE
$d.SelectedPath = $env:CLAUDE_SYNC_START
if ($d.ShowDialog() -eq 'OK') { $d.SelectedPath } else { exit 1 }`
	return chosen(powershell(ctx, script, "CLAUDE_SYNC_TITLE="+title, "CLAUDE_SYNC_START="+start))
}

// confirm asks with a message box of PowerShell, whose buttons are Yes and No in the user's language. So the text says
// what yes means.
func confirm(ctx context.Context, question, yes string) error {
	const script = `Add-Type -AssemblyName System.Windows.Forms
$a = [Windows.Forms.MessageBox]::Show($env:CLAUDE_SYNC_QUESTION, 'claude-sync', 'YesNo', 'Question', 'Button2')
if ($a -ne 'Yes') { exit 1 }`
	return confirmed(powershell(ctx, script, "CLAUDE_SYNC_QUESTION="+question+"\n\nYes: "+yes))
}

// powershell runs a script without a window of its own, and returns the line that it prints.
func powershell(ctx context.Context, script string, env ...string) (string, error) {
	c := exec.CommandContext(ctx, "powershell.exe", "-NoProfile", "-STA", "-Command", script)
	c.Env = append(os.Environ(), env...)
	c.SysProcAttr = &syscall.SysProcAttr{CreationFlags: createNoWindow}
	out, err := c.Output()
	return strings.TrimRight(string(out), "\r\n"), err
}

// copyText gives the text to clip.exe in UTF-16, the only encoding that clip.exe always recognizes.
func copyText(ctx context.Context, text string) error {
	return feed(ctx, utf16Text(text), "clip.exe")
}
