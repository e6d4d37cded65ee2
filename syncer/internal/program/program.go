// Package program asks other programs: git, ssh and claude for what they know. A program opens no window and
// has a time limit. It does not ask a shell: what is in an argument stays an argument.
package program

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"claude-sync/syncer/words"
)

// Ask runs a program that answers on its own, and returns what it wrote to stdout and stderr; both also come
// with an error. env is its environment, nil for this process's. The error is ctx's if ctx is done, and else
// says "no answer" if the program took longer than patience.
func Ask(ctx context.Context, patience time.Duration, env []string, path string, args ...string) (stdout, stderr string, err error) {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(limited, path, args...)
	var out, reason bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &reason
	cmd.Env = env
	cmd.WaitDelay = time.Second // a grandchild may hold the pipes open
	hideWindow(cmd)
	err = cmd.Run()
	// A killed program reports its signal; the caller needs the reason why it was killed.
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case limited.Err() != nil:
		err = fmt.Errorf("no answer after %v", patience)
	}
	return out.String(), reason.String(), err
}

// maxReason is in characters.
const maxReason = 500

// Reason returns the line of stderr in which a program says what is wrong, without git's "fatal:", and err's
// text if there is no line.
func Reason(stderr string, err error) string {
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(line)
		if reason, ok := strings.CutPrefix(line, "fatal: "); ok {
			return words.Label(reason, maxReason)
		}
	}
	if line, _, _ := strings.Cut(strings.TrimSpace(stderr), "\n"); line != "" {
		return words.Label(line, maxReason)
	}
	return err.Error()
}
