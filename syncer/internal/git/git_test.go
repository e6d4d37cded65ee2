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

func TestTheCureIsTheCommandThatGitNames(t *testing.T) {
	const command = "git config --global --add safe.directory "
	for name, c := range map[string]struct {
		stderr, want string
		refused      bool
	}{
		"git 2.39":         {"fatal: detected dubious ownership in repository at '/x y'\nTo add an exception for this directory, call:\n\n\t" + command + "'/x y'\n", command + "'/x y'", true},
		"git 2.35":         {"fatal: unsafe repository ('/x' is owned by someone else)\nTo add an exception for this directory, call:\n\n\t" + command + "/x\r\n", command + "/x", true},
		"Windows":          {"\t" + command + "'%(prefix)///wsl.localhost/Ubuntu/x'\n", command + "'%(prefix)///wsl.localhost/Ubuntu/x'", true},
		"a name to hide":   {"\t" + command + "'/x\u202e'\n", command + "<that folder>", true},
		"another reason":   {"fatal: not a git repository (or any of the parent directories): .git\n", "", false},
		"nothing was said": {"", "", false},
	} {
		if got, refused := cureIn(c.stderr); got != c.want || refused != c.refused {
			t.Errorf("%s: got %q, %v; want %q, %v", name, got, refused, c.want, c.refused)
		}
	}
}
