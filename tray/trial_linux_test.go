package tray

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"claude-sync/build/desktoptest"
	"claude-sync/tray/desk"
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
	ctx, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM) // to the end, as the program does
	err := Run(ctx, Options{Paths: desktoptest.Paths(home), Version: "1.2.3", AtLogin: os.Getenv("TRAY_TRIAL_LOGIN") != "",
		Warn:          func(err error) { fmt.Printf("warn %v; %s\n", err, Hint(err)) },
		News:          tellNews,
		Notifications: FileToggle(filepath.Join(home, "quiet")),
		Desktop: desk.Desktop{
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

// start runs the program for a home on a bus.
func start(t *testing.T, home, bus string, env ...string) *program {
	t.Helper()
	return &program{desktoptest.Child{Home: home, Bus: bus, Env: append(env, "TRAY_TRIAL_HOME="+home)}.Start(t), t}
}

// program is a running child.
type program struct {
	*desktoptest.Program
	t *testing.T
}

// ends waits for the end, and returns what Run returned.
func (p *program) ends() string {
	p.t.Helper()
	line := p.Says("end ")
	p.Ends()
	return strings.TrimPrefix(line, "end ")
}

func (p *program) endsWell() {
	p.t.Helper()
	if got := p.ends(); got != "<nil>" {
		p.t.Errorf("got the end %q, want none", got)
	}
	if got := p.Ends(); got != 0 {
		p.t.Errorf("got exit code %d, want 0", got)
	}
}
