package claude

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestStartIsInTicksSinceBootWhateverTheName(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	odd := filepath.Join(t.TempDir(), "a) S (b c")
	symlink(t, self, odd)
	before := time.Now()
	start, alive := processStart(child(t, odd).Process.Pid)
	ticks, err := strconv.ParseInt(start, 10, 64)
	if err != nil || !alive {
		t.Fatalf("got %q, %v, %v", start, alive, err)
	}
	// 100 ticks a second are part of the kernel's promise to programs (USER_HZ).
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		t.Fatal(err)
	}
	age := time.Duration(info.Uptime)*time.Second - time.Duration(ticks)*10*time.Millisecond
	if age < -5*time.Second || age > time.Since(before)+5*time.Second {
		t.Errorf("got a process %v old, want a new one", age)
	}
}

func TestZombieHoldsNothing(t *testing.T) {
	cmd := child(t, "")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// Waits for the end and leaves the zombie.
	if err := unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
	start, alive := processStart(cmd.Process.Pid)
	if alive {
		t.Errorf("got %q, alive", start)
	}
	s, _ := newStore(t)
	write(t, s.entryPath(cmd.Process.Pid), entry(id1, start, pidDomain()))
	if got := liveIn(t, s); len(got) != 0 {
		t.Errorf("got %+v, want nothing open", got)
	}
}

func TestPIDDomainIsMachineAndNamespace(t *testing.T) {
	got := pidDomain()
	if !strings.HasPrefix(got, "linux:") || !strings.Contains(got, ":pid:[") {
		t.Errorf("got %q", got)
	}
}
