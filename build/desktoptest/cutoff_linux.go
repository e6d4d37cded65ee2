package desktoptest

import (
	"os/exec"
	"syscall"
)

// endsWithUs lets a child die with the test run even where that is cut off before it can clean up.
func endsWithUs(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
