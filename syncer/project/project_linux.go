package project

import (
	"os/exec"
	"path/filepath"
)

func hideWindow(*exec.Cmd) {}

// samePath compares bytes, as the file systems here do.
func samePath(a, b string) bool { return filepath.Clean(a) == filepath.Clean(b) }
