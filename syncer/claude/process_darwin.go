package claude

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// processStart reports whether a process is alive, and when it started in the notation of this OS's
// Claude Code: what ps prints, in C and UTC.
func processStart(pid int) (start string, alive bool) {
	if unix.Kill(pid, 0) != nil {
		return "", false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	ps := exec.CommandContext(ctx, "/bin/ps", "-o", "stat=", "-o", "lstart=", "-p", strconv.Itoa(pid))
	ps.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	line, err := ps.Output()
	if err != nil {
		// Either it ended meanwhile, or ps may not be run: the signal tells which.
		return "", unix.Kill(pid, 0) == nil
	}
	start, ended := parsePS(string(line))
	return start, !ended
}

// pidDomain names the set of processes among which this one's ids are unique, as Claude Code does.
func pidDomain() string {
	host, _ := os.Hostname()
	return "darwin:" + strings.ToLower(host)
}
