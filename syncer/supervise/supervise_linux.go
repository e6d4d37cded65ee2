package supervise

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// variable tells a child on which descriptor its parent listens.
	variable = "CLAUDE_SYNC_SUPERVISED"
	// endTimeout is how long a child may take to end after a signal. It says by itself what was left after 1.5 s.
	endTimeout = 1900 * time.Millisecond
	// lastThread is how long a child that has said how it ends may take to do so.
	lastThread = 100 * time.Millisecond
)

// Begin returns the process's way to end. In a parent it returns when the child has ended, with over and the child's exit
// code. SyncDir and those of the arguments that name files are what the program will touch.
func Begin(args []string, syncDir string) (p Process, code int, over bool) {
	if fd, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		_ = os.Unsetenv(variable) // terminals that the program opens are no children of that kind
		syscall.CloseOnExec(fd)
		_ = syscall.SetNonblock(fd, true) // so that a wait for the parent takes no thread
		// A child that dies of a reader who went away says nothing. So its write gets an error, and it ends as after any other.
		signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
		return Process{os.NewFile(uintptr(fd), "parent")}, 0, false
	}
	if mounts := readMounts(); !slices.ContainsFunc(places(args, syncDir), mounts.unsteady) {
		return Process{}, 0, false
	}
	code, err := run()
	return Process{}, code, err == nil
}

// places are the paths that the program may touch. The current folder comes from the system, because os.Getwd asks the
// drive.
func places(args []string, syncDir string) []string {
	cwd, _ := syscall.Getwd()
	all := []string{syncDir, cwd}
	for _, a := range args {
		switch {
		case strings.HasPrefix(a, "-"):
		case filepath.IsAbs(a):
			all = append(all, a)
		default:
			all = append(all, filepath.Join(cwd, a))
		}
	}
	return all
}

// run runs the program as a child to its end, and returns the exit code.
func run() (int, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	child, theirs := os.NewFile(uintptr(pair[0]), "child"), os.NewFile(uintptr(pair[1]), "parent")
	defer child.Close()
	c := exec.Command(self)
	c.Args = os.Args
	c.Stdin, c.Stdout, c.Stderr, c.ExtraFiles = os.Stdin, os.Stdout, os.Stderr, []*os.File{theirs}
	c.Env = append(os.Environ(), variable+"=3")
	runtime.LockOSThread() // the child is killed with the thread that started it
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	err = c.Start()
	theirs.Close()
	if err != nil {
		signal.Stop(signals)
		return 0, err
	}
	said, ended := make(chan int, 1), make(chan struct{})
	go func() {
		var code [1]byte
		if n, _ := child.Read(code[:]); n == 1 {
			said <- int(code[0])
		}
	}()
	go func() {
		_ = c.Wait() // the result is in ProcessState
		close(ended)
	}()
	stop := func(s os.Signal) {
		_ = c.Process.Signal(s)          // it may have ended
		_, _ = child.Write([]byte{'\n'}) // a signal lies with a thread that does not end, if that is the one the system chose
	}
	return outcome(c, signals, stop, said, ended), nil
}

// outcome passes signals on until the child has ended, and returns its exit code.
func outcome(c *exec.Cmd, signals <-chan os.Signal, stop func(os.Signal), said <-chan int, ended <-chan struct{}) int {
	var late <-chan time.Time
	for {
		select {
		case s := <-signals:
			stop(s)
			if late == nil {
				late = time.After(endTimeout)
			}
		case code := <-said:
			select {
			case <-ended:
			case <-time.After(lastThread):
			}
			return code
		case <-ended:
			if s, ok := c.ProcessState.Sys().(syscall.WaitStatus); ok && s.Signaled() {
				return 128 + int(s.Signal()) // as a shell says it
			}
			return c.ProcessState.ExitCode()
		case <-late:
			return 1
		}
	}
}

// letGo closes all files of this process except keep and those on a drive that may not answer: closing one waits for the
// drive. What the runtime waits with stays, too.
func letGo(keep *os.File) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return
	}
	mounts := readMounts()
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || keep != nil && fd == int(keep.Fd()) {
			continue
		}
		link, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err != nil || strings.HasPrefix(link, "anon_inode:") || filepath.IsAbs(link) && mounts.unsteady(link) {
			continue
		}
		_ = syscall.Close(fd)
	}
}
