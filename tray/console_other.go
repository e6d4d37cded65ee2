//go:build !windows

package tray

import (
	"io"
	"os"
)

// Console returns where to write errors for a person: standard error. Each Write is one message.
func Console(atLogin bool) io.Writer { return os.Stderr }
