// Package supervise lets the program end although the system keeps one of its threads: a call to a network drive whose
// server is gone cannot be killed, and a process with such a thread does not end for those who wait for it, a shell or a
// session manager.
//
// If the program may touch a drive that can do so, Begin starts it once more as a child, and the process that others know
// only waits. The child says when it ends. If the system then keeps a thread of it, the process ends without it; what is
// left of the child ends when the server answers.
//
// It does so only on Linux, and for drives that the system mounts from a network or through a program (NFS, SMB, FUSE). A
// disk of this machine that stops answering is not seen.
package supervise

import (
	"context"
	"os"
)

// Process is this process's way to end.
type Process struct {
	parent *os.File // says when to end, and is told how the child ended; nil if there is no parent
}

// Context returns a context that is also done when the parent wants the end. Of a process with a thread that does not
// end, a signal may never be seen.
func (p Process) Context(ctx context.Context) context.Context {
	if p.parent == nil {
		return ctx
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = p.parent.Read(make([]byte, 1)) // a parent that is gone wants nothing else
		cancel()
	}()
	return ctx
}

// Exit ends the process with a code.
func (p Process) Exit(code int) {
	if p.parent != nil {
		p.Leave(code)
	}
	os.Exit(code)
}

// Leave is Exit for a process that may have threads which do not end. It first closes what others wait for: its output, its
// connections and its locks.
func (p Process) Leave(code int) {
	letGo(p.parent)
	if p.parent != nil {
		_, _ = p.parent.Write([]byte{byte(code)}) // without a parent that listens, the code is the process's
	}
	os.Exit(code)
}
