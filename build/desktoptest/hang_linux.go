package desktoptest

import (
	"encoding/binary"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Hang mounts a network drive on dir whose server has gone: it takes every question and answers none, so that a process
// that asks cannot even be killed. After the returned function, or the test, dir is what it was. The test itself must not
// touch dir meanwhile.
func Hang(t testing.TB, dir string) (end func()) {
	t.Helper()
	mount, err := exec.LookPath("fusermount3")
	if err == nil {
		_, err = os.Stat("/dev/fuse")
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	must(t, err)
	ours, theirs := pair[0], os.NewFile(uintptr(pair[1]), "theirs")
	defer syscall.Close(ours)
	c := exec.Command(mount, "-o", "fsname=gone", "--", dir)
	c.Env, c.ExtraFiles = append(os.Environ(), "_FUSE_COMMFD=3"), []*os.File{theirs}
	out, err := c.CombinedOutput()
	theirs.Close()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	device := received(t, ours)
	served := make(chan struct{})
	go func() {
		defer close(served)
		takeAll(device)
	}()
	end = sync.OnceFunc(func() {
		_ = device.Close() // every question gets an error now
		<-served
		if out, err := exec.Command(mount, "-u", "-z", "--", dir).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	t.Cleanup(end)
	time.AfterFunc(2*TooLong, end) // a test process that panics could not end
	return end
}

// received takes the file that fusermount3 has sent.
func received(t testing.TB, socket int) *os.File {
	t.Helper()
	text, rights := make([]byte, 1), make([]byte, syscall.CmsgSpace(4))
	_, n, _, _, err := syscall.Recvmsg(socket, text, rights, syscall.MSG_CMSG_CLOEXEC)
	must(t, err)
	messages, err := syscall.ParseSocketControlMessage(rights[:n])
	must(t, err)
	files, err := syscall.ParseUnixRights(&messages[0])
	must(t, err)
	must(t, syscall.SetNonblock(files[0], true)) // so that Close ends a Read
	return os.NewFile(uintptr(files[0]), "/dev/fuse")
}

// takeAll is the server. It answers the first question, after which the kernel asks the others.
func takeAll(device *os.File) {
	const header, first = 16, 64 // the lengths of an answer's header and of what the kernel wants to hear first
	question := make([]byte, 1<<20)
	for answered := false; ; answered = true {
		n, err := device.Read(question)
		if err != nil || n < header {
			return
		}
		if answered {
			continue
		}
		answer := make([]byte, header+first)
		binary.NativeEndian.PutUint32(answer, uint32(len(answer)))
		copy(answer[8:16], question[8:16]) // which question it is
		binary.NativeEndian.PutUint32(answer[header:], 7)
		binary.NativeEndian.PutUint32(answer[header+4:], 31) // the version of the protocol
		binary.NativeEndian.PutUint32(answer[header+20:], 1<<16)
		if _, err := device.Write(answer); err != nil {
			return
		}
	}
}
