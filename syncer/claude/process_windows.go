package claude

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/windows"
)

// processStart reports whether a process is alive, and when it started as a FILETIME, which sameStart
// compares with either notation of this OS's Claude Code.
func processStart(pid int) (start string, alive bool) {
	const rights = windows.PROCESS_QUERY_LIMITED_INFORMATION | windows.SYNCHRONIZE
	h, err := windows.OpenProcess(rights, false, uint32(pid))
	if err != nil {
		// Somebody else's process refuses, and did not write into this store.
		return "", false
	}
	defer windows.CloseHandle(h)
	// An ended process can be opened as long as anybody holds a handle on it.
	if state, err := windows.WaitForSingleObject(h, 0); err == nil && state == windows.WAIT_OBJECT_0 {
		return "", false
	}
	var created, exited, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(h, &created, &exited, &kernel, &user); err != nil {
		return "", true
	}
	return strconv.FormatInt(int64(created.HighDateTime)<<32|int64(created.LowDateTime), 10), true
}

// pidDomain names the set of processes among which this one's ids are unique, as Claude Code does.
func pidDomain() string {
	host, _ := os.Hostname()
	return "win32:" + strings.ToLower(host)
}
