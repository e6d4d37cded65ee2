package project

import (
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// createNoWindow is CREATE_NO_WINDOW of winbase.h: a console program started by the tray, which has no
// console, would else flash one.
const createNoWindow = 0x08000000

func hideWindow(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true, CreationFlags: createNoWindow}
}

// samePath ignores case, as NTFS does unless a folder was told otherwise (fsutil setCaseSensitiveInfo).
func samePath(a, b string) bool { return strings.EqualFold(filepath.Clean(a), filepath.Clean(b)) }
