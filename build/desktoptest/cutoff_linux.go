package desktoptest

import (
	"os/exec"
	"syscall"
)

// endsWithUs makes a child die with the test run, even if the run is killed before it can clean up.
func endsWithUs(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
