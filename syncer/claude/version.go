package claude

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"claude-sync/syncer/internal/program"
	"claude-sync/syncer/words"
)

// versionTimeout is more than the slowest start seen; the npm version has to start node first.
const versionTimeout = 15 * time.Second

// Version returns the version of the claude command on the PATH, such as "2.1.330". If there is no such command, the
// error wraps exec.ErrNotFound, which is not a fault: users of the desktop app and of an IDE need no command.
func Version(ctx context.Context) (string, error) {
	path, err := exec.LookPath("claude")
	if err != nil {
		return "", fmt.Errorf("finding claude: %w", err)
	}
	out, _, err := program.Ask(ctx, versionTimeout, nil, path, "--version")
	if err != nil {
		return "", fmt.Errorf("asking %#q for its version: %w", path, err)
	}
	version, _, _ := strings.Cut(words.Label(out, maxName), " ")
	if version == "" {
		return "", fmt.Errorf("asking %#q for its version: it says nothing", path)
	}
	return version, nil
}
