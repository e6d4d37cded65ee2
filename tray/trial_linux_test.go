package tray

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary be the program under test, race detector included: the tray library keeps
// its state in package variables and can run once a process only.
func TestMain(m *testing.M) {
	if home := os.Getenv("TRAY_TRIAL_HOME"); home != "" {
		os.Exit(trial(home))
	}
	os.Unsetenv("CLAUDE_CONFIG_DIR") // the library in this process reads it, too
	os.Exit(m.Run())
}

// trial is the program: the tray, and what the program around it would say.
func trial(home string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	err := Run(ctx, Options{Paths: trialPaths(home), Version: "1.2.3", AtLogin: os.Getenv("TRAY_TRIAL_LOGIN") != "",
		Warn:          func(err error) { fmt.Printf("warn %v; %s\n", err, Hint(err)) },
		News:          tellNews,
		Notifications: FileToggle(filepath.Join(home, "quiet")),
		Desktop: Desktop{
			OpenPath:     func(_ context.Context, path string) error { fmt.Println("open", path); return nil },
			ChooseFolder: func(context.Context, string, string) (string, error) { return os.Getenv("TRAY_TRIAL_CHOICE"), nil },
			OpenTerminal: func(_ context.Context, dir string, c []string) error { fmt.Println("terminal", dir, c); return nil },
		}})
	fmt.Println("end", err)
	if err != nil {
		return 1
	}
	return 0
}

func tellNews(n News) {
	switch {
	case n.Say != "":
		fmt.Println("say", n.Say)
	case n.Err != nil:
		fmt.Println("look", n.Err)
	case n.Snapshot != nil:
		fmt.Println("look", len(n.Snapshot.Projects))
	default:
		fmt.Println("asked", n.Asked.Verb, n.Asked.Project, len(n.Events), n.Events)
	}
}

// program is a running child.
type program struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines chan string
	ended chan struct{}
	err   error // after ended

	mu  sync.Mutex // guards out
	out []string
}

// start runs the program for a home on a bus.
func start(t *testing.T, home, bus string, env ...string) *program {
	t.Helper()
	c := exec.Command(os.Args[0])
	// Without atexit_sleep_ms=0 each child of a race build rests a second when it ends.
	c.Env = append(os.Environ(), "TRAY_TRIAL_HOME="+home, "HOME="+home, "DBUS_SESSION_BUS_ADDRESS="+bus, "CLAUDE_CONFIG_DIR=",
		"GORACE=atexit_sleep_ms=0")
	c.Env = append(c.Env, env...)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	c.Stderr = &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, cmd: c, lines: make(chan string, 10000), ended: make(chan struct{})}
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			p.mu.Lock()
			p.out = append(p.out, s.Text())
			p.mu.Unlock()
			p.lines <- s.Text()
		}
		p.err = c.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = c.Process.Kill() // it may have ended
		<-p.ended
		if text := stderr.String(); strings.Contains(text, "DATA RACE") || strings.Contains(text, "panic:") {
			t.Errorf("the program wrote:\n%s", text)
		}
		if t.Failed() {
			t.Logf("the program said:\n%s\nand wrote:\n%s", strings.Join(p.out, "\n"), stderr.String())
		}
	})
	return p
}

const tooLong = 30 * time.Second

// says waits for a line that begins so.
func (p *program) says(prefix string) string {
	p.t.Helper()
	late := time.After(tooLong)
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

// ends waits for the end, and returns what Run returned.
func (p *program) ends() string {
	p.t.Helper()
	line := p.says("end ")
	select {
	case <-p.ended:
	case <-time.After(tooLong):
		p.t.Fatal("the program did not end")
	}
	return strings.TrimPrefix(line, "end ")
}

func (p *program) endsWell() {
	p.t.Helper()
	if got := p.ends(); got != "<nil>" {
		p.t.Errorf("got the end %q, want none", got)
	}
	var exit *exec.ExitError
	if errors.As(p.err, &exit) {
		p.t.Errorf("got exit code %d, want 0", exit.ExitCode())
	}
}
