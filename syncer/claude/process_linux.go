package claude

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// processStart reports whether a process is alive, and when it started in the notation of this OS's
// Claude Code: clock ticks since boot.
func processStart(pid int) (start string, alive bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		// Without a readable /proc only the signal is left to tell. A process of somebody else (EPERM) did
		// not write into this store.
		return "", unix.Kill(pid, 0) == nil
	}
	start, ended := parseStat(string(stat))
	return start, !ended
}

// pidDomain names the set of processes among which this one's ids are unique, as Claude Code does.
func pidDomain() string {
	machine, _ := os.ReadFile("/etc/machine-id")
	namespace, _ := os.Readlink("/proc/self/ns/pid")
	return "linux:" + strings.TrimSpace(string(machine)) + ":" + namespace
}
