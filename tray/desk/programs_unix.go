//go:build !windows

package desk

import (
	"context"
	"os/exec"
	"strings"
)

// answer runs a program and returns the line that it prints.
func answer(ctx context.Context, name string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, name, args...).Output()
	return strings.TrimRight(string(out), "\r\n"), err
}

func shellQuote(word string) string { return posixQuote(word) }
