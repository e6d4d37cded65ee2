package git

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestGitAnswersInLines(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	dir := t.TempDir()
	t.Setenv("GIT_CEILING_DIRECTORIES", dir)
	if lines, err := ask(t.Context(), dir, "init", "--quiet"); err != nil || !slices.Equal(lines, []string{""}) {
		t.Fatalf("got %q, %v", lines, err)
	}
	lines, err := ask(t.Context(), dir, "rev-parse", "--is-inside-work-tree", "--show-prefix")
	if err != nil || !slices.Equal(lines, []string{"true", ""}) {
		t.Errorf("got %q, %v; want true and an empty prefix", lines, err)
	}
	var said *Error
	lines, err = ask(t.Context(), dir, "rev-parse", "--is-inside-work-tree", "--verify", "nothing")
	if !errors.As(err, &said) || said.Dir != dir || lines[0] != "true" || strings.Contains(said.Reason, "fatal") {
		t.Errorf("got %q, %v; want the first answer and git's reason", lines, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ask(ctx, dir, "version"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := ask(t.Context(), dir, "version"); !errors.Is(err, ErrMissing) || Installed() {
		t.Errorf("got %v, want %v", err, ErrMissing)
	}
}

func TestCleanEnvKeepsWhatIsThePersonsOwn(t *testing.T) {
	got := cleanEnv([]string{"PATH=/bin", "Git_Dir=x", "GIT_TRACE2=1", "GIT_SSH_COMMAND=y", "GIT_CONFIG_GLOBAL=z", "LC_ALL=de_DE", "=C:=C:\\"})
	want := []string{"PATH=/bin", "GIT_SSH_COMMAND=y", "GIT_CONFIG_GLOBAL=z", "=C:=C:\\", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C", "LANGUAGE="}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
