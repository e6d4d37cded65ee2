package cli_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"claude-sync/syncer/internal/atomicfile"
)

// writing lists the system calls that change a disk, and open, which does so or not by its flags. A "?"
// stands before those that not every architecture has. Closing counts because a network file system tells
// of a full disk no earlier.
const writing = "?open,openat,openat2,?creat,write,writev,pwrite64,pwritev,pwritev2,copy_file_range,sendfile,splice,fallocate," +
	"?truncate,ftruncate,fsync,fdatasync,sync_file_range,?rename,?renameat,renameat2,?link,linkat,?symlink,symlinkat,?unlink,unlinkat,?rmdir," +
	"?mkdir,mkdirat,?mknod,mknodat,?chmod,fchmod,fchmodat,?chown,fchown,fchownat,?utime,?utimes,utimensat,setxattr,fsetxattr,flock,close"

// oneThread is the variable that keeps a traced claude-sync on one thread.
const oneThread = "CLAUDE_SYNC_TEST_ONE_THREAD"

// strace counts a process's calls thread by thread, and a goroutine wanders from thread to thread, the
// more so the slower its calls are. Bound to the first thread before main begins, the goroutine that does
// all the work of a verb makes the same calls there, with the same ordinals, in every run.
var _ = stayOnFirstThread()

func stayOnFirstThread() bool {
	pinned := os.Getenv(oneThread) != ""
	if pinned {
		runtime.LockOSThread()
	}
	return pinned
}

// call is one system call of a verb's own thread.
type call struct {
	name    string
	nth     int    // which of this name, from 1: strace's "when"
	paths   string // the files concerned, without what is random in a temporary name
	inWorld bool   // it may change a file of the world
	screen  bool   // it writes to stdout or stderr
	result  string
}

// target is the name of the file that the call is in the end about: of a rename the new one, of a temporary
// file the one that it will become.
func (c call) target() string {
	base := filepath.Base(c.paths[strings.LastIndexByte(c.paths, ' ')+1:])
	if name, ok := strings.CutPrefix(base, "~syncthing~"); ok {
		base, _, _ = strings.Cut(name, ".ccs*")
	}
	return base
}

// same reports whether two runs mean the same call by it.
func (c call) same(other call) bool {
	return c.name == other.name && c.nth == other.nth && c.paths == other.paths
}

// calls reads what strace wrote of one thread; root is the folder of the world. A line is
//
//	write(9</w/Sync/x>, ""..., 247) = 247
//
// with the file behind each descriptor (-y), and with "= ?" where the process died in the call. Lines of
// another form, like that of exit_group, are none of a call that can be hit.
func calls(trace, root string) []call {
	line := regexp.MustCompile(`^(\w+)\((.*)\) += (.*)$`)
	here := regexp.MustCompile(`AT_FDCWD<[^>]*>`)
	named := regexp.MustCompile(`<([^<>]*)>|"([^"]*)"`)
	random := regexp.MustCompile(`(\.ccs|pipe:\[)[0-9a-f]+(\.tmp|\])`)
	count := map[string]int{}
	var all []call
	for text := range strings.Lines(trace) {
		m := line.FindStringSubmatch(strings.TrimSpace(text))
		if m == nil {
			continue
		}
		count[m[1]]++
		c := call{name: m[1], nth: count[m[1]], result: m[3]}
		// The current folder is in the world, and named in nearly every call, whatever that is about.
		args := here.ReplaceAllString(m[2], "AT_FDCWD")
		var paths []string
		for _, p := range named.FindAllStringSubmatch(args, -1) {
			if p[1]+p[2] != "" {
				paths = append(paths, random.ReplaceAllString(p[1]+p[2], "$1*$2"))
			}
		}
		c.paths = strings.Join(paths, " ")
		c.inWorld = strings.Contains(c.paths, root+"/") && changes(c, args)
		c.screen = c.name == "write" && (strings.HasPrefix(args, "1<") || strings.HasPrefix(args, "2<"))
		all = append(all, c)
	}
	return all
}

// changes tells the calls that leave everything as it is: opening to read, and closing what was only read,
// which shows in the name, because nothing but temporary files is ever written.
func changes(c call, args string) bool {
	switch c.name {
	case "open", "openat", "openat2":
		return regexp.MustCompile(`O_(CREAT|WRONLY|RDWR|TRUNC)`).MatchString(args)
	case "close":
		return strings.Contains(c.paths, ".ccs*.tmp")
	}
	return true
}

// outcome is what became of one run of a verb.
type outcome struct {
	code           int // -1 when it was killed: strace ends as its tracee did
	stdout, stderr string
	calls          []call
}

// strace runs a command with the given injections and returns what its first thread did.
func strace(t *testing.T, command *exec.Cmd, root string, injections ...string) outcome {
	t.Helper()
	dir := t.TempDir()
	// With one file a thread no line is ever torn in two. Signals are not of interest: Go's runtime sends
	// itself many.
	args := []string{"-ff", "-qq", "-y", "-s", "0", "-e", "signal=none", "-o", filepath.Join(dir, "t")}
	names := []string{"execve"}
	for _, i := range injections {
		name, _, _ := strings.Cut(i, ":")
		names = append(names, name)
		args = append(args, "-e", "inject="+i)
	}
	if len(injections) == 0 {
		names = append(names, writing)
	}
	args = append(args, "-e", "trace="+strings.Join(names, ","))
	// Stopping at these calls only is faster, but at such a stop no signal can be sent.
	if !strings.Contains(strings.Join(injections, " "), ":signal=") {
		args = append(args, "--seccomp-bpf")
	}
	traced := exec.CommandContext(t.Context(), "strace", append(append(args, "--"), command.Args...)...)
	traced.Dir, traced.Env = command.Dir, append(command.Env, oneThread+"=1")
	got := finish(t, traced)
	files, err := filepath.Glob(filepath.Join(dir, "t.*"))
	if err != nil {
		t.Fatal(err)
	}
	// The process's first thread is the one that began with execve.
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.HasPrefix(text, []byte("execve(")) {
			got.calls = calls(string(text), root)
		}
	}
	if len(got.calls) == 0 {
		t.Fatalf("strace shows nothing; it said: %s", got.stderr)
	}
	return got
}

// finish runs a command to its end.
func finish(t *testing.T, command *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr strings.Builder
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", command, err)
	}
	return outcome{code: command.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
}

// wantStrace ends the test where there is no strace: as a failure where everything is to be checked.
func wantStrace(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("strace"); err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("strace is not installed")
	}
	t.Skip("strace is not installed")
}

func TestATraceIsReadAsOneThreadsCalls(t *testing.T) {
	temp := "/w/Sync/~syncthing~s-a.ccsync.ccs0123456789abcdef.tmp"
	if !atomicfile.IsTemp(filepath.Base(temp)) {
		t.Fatalf("temporary names have another form now, not %q", temp)
	}
	for name, c := range map[string]struct {
		line, paths, target string
		inWorld, screen     bool
	}{
		"open to read":  {`openat(AT_FDCWD</w/a>, "/w/Sync", O_RDONLY|O_CLOEXEC) = 9</w/Sync>`, "/w/Sync", "Sync", false, false},
		"create":        {`openat(AT_FDCWD</w/a>, "` + temp + `", O_RDWR|O_CREAT|O_EXCL|O_CLOEXEC, 0600) = 9<` + temp + `>`, "/w/Sync/~syncthing~s-a.ccsync.ccs*.tmp", "s-a.ccsync", true, false},
		"write":         {`write(9<` + temp + `>, ""..., 247) = 247`, "/w/Sync/~syncthing~s-a.ccsync.ccs*.tmp", "s-a.ccsync", true, false},
		"write nothing": {`write(9</w/x>, "", 0) = 0`, "/w/x", "x", true, false},
		"killed":        {`fsync(9</w/x>)   = ?`, "/w/x", "x", true, false},
		"failed":        {`mkdirat(AT_FDCWD</w/a>, "/w/x", 0755) = -1 EIO (Input/output error) (INJECTED)`, "/w/x", "x", true, false},
		"rename":        {`renameat(AT_FDCWD</w/a>, "` + temp + `", AT_FDCWD</w/a>, "/w/Sync/s-a.ccsync") = 0`, "/w/Sync/~syncthing~s-a.ccsync.ccs*.tmp /w/Sync/s-a.ccsync", "s-a.ccsync", true, false},
		"close, read":   {`close(9</w/x>) = 0`, "/w/x", "x", false, false},
		"close, temp":   {`close(9<` + temp + `>) = 0`, "/w/Sync/~syncthing~s-a.ccsync.ccs*.tmp", "s-a.ccsync", true, false},
		"stdout":        {`write(1<pipe:[5]>, ""..., 65) = 65`, "pipe:[*]", "pipe:[*]", false, true},
		"the runtime's": {`write(4<anon_inode:[eventfd]>, ""..., 8) = 8`, "anon_inode:[eventfd]", "anon_inode:[eventfd]", false, false},
		"elsewhere":     {`openat(AT_FDCWD</w/a>, "/wide/x", O_RDWR|O_CREAT, 0600) = 9</wide/x>`, "/wide/x", "x", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			all := calls("exit_group(0 <unfinished ...>\n"+c.line+"\n"+c.line+"\n", "/w")
			if len(all) != 2 || all[0].nth != 1 || all[1].nth != 2 {
				t.Fatalf("got %v, want two calls, counted", all)
			}
			got := all[0]
			if got.paths != c.paths || got.target() != c.target || got.inWorld != c.inWorld || got.screen != c.screen {
				t.Errorf("got %+v, about %q, want %+v", got, got.target(), c)
			}
			if !strings.HasPrefix(c.line, got.name+"(") || !strings.HasSuffix(c.line, "= "+got.result) {
				t.Errorf("got %+v of %s", got, c.line)
			}
		})
	}
}

// A call that changes the disk by a name that is not traced would never be hit.
func TestEveryTracedNameIsKnown(t *testing.T) {
	wantStrace(t)
	names := strings.Split(strings.ReplaceAll(writing, "?", ""), ",")
	if slices.Sort(names); len(slices.Compact(names)) != len(strings.Split(writing, ",")) {
		t.Errorf("a name stands twice: %q", names)
	}
	if got := finish(t, exec.CommandContext(t.Context(), "strace", "-qq", "-e", "trace="+writing, "-o", os.DevNull, "true")); got.code != 0 {
		t.Errorf("got exit %d: %s", got.code, got.stderr)
	}
}
