package project

import (
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/text/unicode/norm"
)

func hideWindow(*exec.Cmd) {}

// samePath ignores case and composition, as APFS and HFS+ do unless they were formatted otherwise.
func samePath(a, b string) bool {
	return strings.EqualFold(norm.NFC.String(filepath.Clean(a)), norm.NFC.String(filepath.Clean(b)))
}
