package project

import (
	"os/exec"
	"syscall"
)

// createNoWindow is CREATE_NO_WINDOW of winbase.h: a console program started by the tray, which has no
// console, would else flash one.
const createNoWindow = 0x08000000

func hideWindow(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true, CreationFlags: createNoWindow}
}

// NTFS ignores case unless a folder was set otherwise (fsutil setCaseSensitiveInfo).
const foldsNames, composesNames = true, false
