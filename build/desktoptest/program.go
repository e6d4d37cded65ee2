package desktoptest

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// Child says how to start the program under test. If Path is empty, it is the test's own binary, which runs as the
// program through TestMain: so it has the race detector, and the tray library, which keeps its state in package
// variables, runs once a process.
type Child struct {
	Path string
	Args []string
	Home string   // holds all of the program's files
	Bus  string   // address of the session bus
	Env  []string // more, as "NAME=value"
}

// Command returns the program, not started yet. Its environment has nothing of the person who runs the
// test.
func (c Child) Command() *exec.Cmd {
	if c.Path == "" {
		c.Path = os.Args[0]
	}
	cmd := exec.Command(c.Path, c.Args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "XDG_") && !strings.HasPrefix(v, "CLAUDE_CONFIG_DIR=") && !strings.HasPrefix(v, "APPIMAGE=") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	// Without atexit_sleep_ms=0 each child of a race build sleeps a second when it ends. Tests find races in its
	// output, not by its exit code, because the tray library has a race of its own.
	cmd.Env = append(cmd.Env, "HOME="+c.Home, "DBUS_SESSION_BUS_ADDRESS="+c.Bus, "GORACE=atexit_sleep_ms=0 exitcode=0")
	cmd.Env = append(cmd.Env, c.Env...)
	return cmd
}

// Program is a running child.
type Program struct {
	PID int

	t     testing.TB
	cmd   *exec.Cmd
	lines chan string
	ended chan struct{}

	mu  sync.Mutex // guards out
	out []string
}

// lastWords is how long a test waits for output after the program has ended.
const lastWords = 5 * time.Second

// Start runs the program until it ends by itself or with the test.
func (c Child) Start(t testing.TB) *Program {
	t.Helper()
	cmd := c.Command()
	endsWithUs(cmd)
	r, w, err := os.Pipe()
	must(t, err)
	cmd.Stdout, cmd.Stderr = w, w
	must(t, cmd.Start())
	must(t, w.Close())
	p := &Program{PID: cmd.Process.Pid, t: t, cmd: cmd, lines: make(chan string, 10000), ended: make(chan struct{})}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for s := bufio.NewScanner(r); s.Scan(); {
			p.mu.Lock()
			p.out = append(p.out, s.Text())
			p.mu.Unlock()
			p.lines <- s.Text()
		}
	}()
	go func() {
		_ = cmd.Wait() // the result is in ProcessState
		select {
		case <-read:
		case <-time.After(lastWords): // a child of the program keeps its output open
		}
		_ = r.Close()
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.Kill()
		if text := p.Output(); raced(text) || strings.Contains(text, "panic:") || strings.Contains(text, "fatal error:") || t.Failed() {
			t.Errorf("the program wrote:\n%s", text)
		}
	})
	return p
}

// raced reports whether a data race was found that involves a line of ours. fyne.io/systray v1.12.2 has a race of
// its own: GetLayout reads the menu's version while a late refresh of the first menu may write it.
func raced(output string) bool {
	reports := strings.Split(output, "WARNING: DATA RACE")
	for _, r := range reports[1:] {
		r, _, _ = strings.Cut(r, "==================")
		if strings.Contains(r, "claude-sync/") || !strings.Contains(r, "fyne.io/systray.refresh()") {
			return true
		}
	}
	return false
}

// Kill ends the program as a power cut does.
func (p *Program) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
}

// Signal sends the program a signal.
func (p *Program) Signal(s os.Signal) { _ = p.cmd.Process.Signal(s) }

// Output returns all that the program has written so far to stdout and stderr.
func (p *Program) Output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.out, "\n")
}

// Lines returns the channel of the program's lines. Says reads the same channel, so lines that it skipped are gone.
func (p *Program) Lines() <-chan string { return p.lines }

// Says waits for a line that begins with the text.
func (p *Program) Says(prefix string) string {
	p.t.Helper()
	late := time.After(TooLong)
	for {
		select {
		case line := <-p.lines:
			if strings.HasPrefix(line, prefix) {
				return line
			}
		case <-late:
			p.t.Fatalf("the program did not say %q", prefix)
		}
	}
}

// Ends waits for the end of the program and returns its exit code.
func (p *Program) Ends() int {
	p.t.Helper()
	next(p.t, p.ended, "end of the program")
	return p.cmd.ProcessState.ExitCode()
}
