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

// versionPatience is more than the slowest start seen; the npm version has to wake node first.
const versionPatience = 15 * time.Second

// Version returns the version of the claude command on the PATH, such as "2.1.330". Where there is none
// the error wraps exec.ErrNotFound, which is no fault: desktop and IDE users need not have one.
func Version(ctx context.Context) (string, error) {
	path, err := exec.LookPath("claude")
	if err != nil {
		return "", fmt.Errorf("finding claude: %w", err)
	}
	out, _, err := program.Ask(ctx, versionPatience, nil, path, "--version")
	if err != nil {
		return "", fmt.Errorf("asking %#q for its version: %w", path, err)
	}
	version, _, _ := strings.Cut(words.Label(out, titleLimit), " ")
	if version == "" {
		return "", fmt.Errorf("asking %#q for its version: it says nothing", path)
	}
	return version, nil
}
