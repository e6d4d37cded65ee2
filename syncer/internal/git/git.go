// Package git asks the git program what it knows about a folder: where its repository is, what kind of checkout it
// is, and which remotes it has. It changes nothing there and reaches no network.
//
// The package does not promise to notice every change: see Stamp.
package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"claude-sync/syncer/internal/program"
	"claude-sync/syncer/words"
)

// ErrMissing says that a folder is in a git repository, and git is not there to say which.
var ErrMissing = errors.New("git is not installed, and only git can tell which repository this is")

// Installed reports whether git can be found.
func Installed() bool {
	_, err := exec.LookPath("git")
	return err == nil
}

// patience is for a sleeping disk or a virus scanner, not for a network.
const patience = 15 * time.Second

// Error is git's own reason for not answering.
type Error struct {
	Dir    string
	Reason string
}

// Error names the folder and the reason.
func (e *Error) Error() string { return fmt.Sprintf("git in %s: %s", e.Dir, e.Reason) }

// RefusedError says that git does not read a repository because its files belong to another user, as on an
// external drive, or on Windows' drives under WSL.
type RefusedError struct {
	Dir    string
	Reason string
	Cure   string // the command that git names
}

// Error names the folder and git's reason.
func (e *RefusedError) Error() string { return fmt.Sprintf("git in %s: %s", e.Dir, e.Reason) }

// Hint is git's own advice.
func (e *RefusedError) Hint() string {
	return "if you trust that folder, run: " + e.Cure
}

// ask returns the lines that git prints in dir. With an *Error or a *RefusedError they are those that it printed
// before. Other errors are ErrMissing and ctx's.
func ask(ctx context.Context, dir string, args ...string) ([]string, error) {
	out, err := output(ctx, dir, args...)
	// Only the last line break goes: an empty line is an answer, too (at the top there is no prefix).
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(out, "\r\n", "\n"), "\n"), "\n"), err
}

// output is ask without cutting the text into lines.
func output(ctx context.Context, dir string, args ...string) (string, error) {
	// Looked for every time: git may be installed while the tray runs. LookPath refuses a git.exe that lies
	// in the current folder (exec.ErrDot), which may be a checkout of anybody's.
	path, err := exec.LookPath("git")
	if err != nil {
		return "", ErrMissing
	}
	out, stderr, err := program.Ask(ctx, patience, cleanEnv(os.Environ()), path, append([]string{"-C", dir}, args...)...)
	switch {
	case err == nil:
		return out, nil
	case ctx.Err() != nil:
		return "", ctx.Err()
	case strings.Contains(stderr, "xcrun: error") || strings.Contains(stderr, "xcode-select:"):
		// macOS has a /usr/bin/git that only says that the developer tools are missing.
		return "", ErrMissing
	}
	reason := program.Reason(stderr, err)
	if cure, refused := cureIn(stderr); refused {
		return out, &RefusedError{dir, reason, cure}
	}
	return out, &Error{dir, reason}
}

// cureIn finds the command that git names if a repository belongs to another user. Its wording around the command
// has changed between versions, and the command has not.
func cureIn(stderr string) (cure string, refused bool) {
	const command = "git config --global --add safe.directory "
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, command) {
			continue
		}
		if words.Path(line) != line { // not safe to show
			return command + "<that folder>", true
		}
		return line, true
	}
	return "", false
}

// cleanEnv leaves out what points git at another repository than the folder's own, as a hook or an
// editor that git started has it set (git rev-parse --local-env-vars), and keeps git from asking
// questions, from translating, and from taking locks.
func cleanEnv(env []string) []string {
	out := make([]string, 0, len(env)+4)
	for _, entry := range env {
		name, _, _ := strings.Cut(entry, "=")
		if !redirectsGit(strings.ToUpper(name)) {
			out = append(out, entry)
		}
	}
	return append(out, "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C", "LANGUAGE=")
}

// redirectsGit does not name GIT_CONFIG_GLOBAL, GIT_CONFIG_COUNT and GIT_SSH_COMMAND: those are how some
// people and containers configure git, and git itself sets none of them for its children.
func redirectsGit(name string) bool {
	switch name {
	case "GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX",
		"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_GRAFT_FILE",
		"GIT_SHALLOW_FILE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS",
		"GIT_TERMINAL_PROMPT", "GIT_OPTIONAL_LOCKS", "LC_ALL", "LANGUAGE":
		return true
	}
	return strings.HasPrefix(name, "GIT_TRACE")
}
