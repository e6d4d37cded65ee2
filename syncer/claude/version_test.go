package claude

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// install puts a claude command that runs the line alone on the PATH.
func install(t *testing.T, line string) {
	t.Helper()
	dir := t.TempDir()
	name, script := "claude", "#!/bin/sh\n"+line+"\n"
	if runtime.GOOS == "windows" {
		name, script = "claude.bat", "@"+line+"\r\n"
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
}

func TestVersionIsTheFirstWord(t *testing.T) {
	install(t, "echo 2.1.330 (Claude Code)")
	if runtime.GOOS != "windows" {
		install(t, `[ "$*" = --version ] && echo "2.1.330 (Claude Code)"`)
	}
	if got, err := Version(t.Context()); got != "2.1.330" || err != nil {
		t.Errorf("got %q, %v, want 2.1.330", got, err)
	}
}

func TestVersionWithoutClaudeIsToldApart(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if got, err := Version(t.Context()); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("got %q, %v, want exec.ErrNotFound", got, err)
	}
}

func TestVersionOfABrokenClaudeIsAnError(t *testing.T) {
	for name, line := range map[string]string{"exit 1": "exit 1", "silent": "exit 0"} {
		install(t, line)
		if got, err := Version(t.Context()); err == nil || errors.Is(err, exec.ErrNotFound) || !strings.Contains(err.Error(), "claude") {
			t.Errorf("%s: got %q, %v, want an error", name, got, err)
		}
	}
	install(t, "echo 1")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := Version(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %q, %v", got, err)
	}
}

func TestVersionDoesNotWaitForEver(t *testing.T) {
	install(t, "while :; do :; done")
	if runtime.GOOS == "windows" {
		install(t, `%SystemRoot%\System32\ping.exe -n 60 127.0.0.1 >nul`)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if got, err := Version(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %q, %v, want %v", got, err, context.DeadlineExceeded)
	}
}
