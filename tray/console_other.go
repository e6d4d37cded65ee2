//go:build !windows

package tray

import (
	"io"
	"os"
)

// Console returns where to tell a person what is wrong: standard error. Each Write is one message.
func Console(atLogin bool) io.Writer { return os.Stderr }
