package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// restricted runs claude-sync so that file modes count even for root, who runs the tests in a container.
func restricted() {
	if os.Geteuid() == 0 {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_DAC_OVERRIDE, 0, 0, 0); err != nil {
			fmt.Fprintln(os.Stderr, "dropping root's rights:", err)
			os.Exit(1)
		}
	}
	path, err := exec.LookPath("claude-sync")
	if err == nil {
		err = syscall.Exec(path, append([]string{"claude-sync"}, os.Args[1:]...), os.Environ())
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
