package tray

import (
	"io"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Console returns where to write errors for a person: to standard error if it leads to a shell or a file, else to a
// message box, and at login to nowhere, because no person waits there. Each Write is one message. Console also frees the
// console window that Windows made for this process alone, at login or after a double click.
//
// The program belongs to the console subsystem, so that a shell waits for its commands, and pipes and exit codes work.
// cmd and PowerShell do not wait for a program of the GUI subsystem (-H=windowsgui), even if it attaches itself to their
// console. The price is a window that appears for a moment.
func Console(atLogin bool) io.Writer {
	behind := redirected(os.Stderr)
	kernel := windows.NewLazySystemDLL("kernel32.dll")
	var ids [2]uint32
	n, _, _ := kernel.NewProc("GetConsoleProcessList").Call(uintptr(unsafe.Pointer(&ids[0])), uintptr(len(ids)))
	if n == 1 {
		_, _, _ = kernel.NewProc("FreeConsole").Call() // on an error the window stays, which does no harm
	}
	switch {
	case behind, n > 1:
		return os.Stderr
	case atLogin:
		return io.Discard
	}
	return messageBox{}
}

// redirected reports whether f is a file or a pipe.
func redirected(f *os.File) bool {
	kind, err := windows.GetFileType(windows.Handle(f.Fd()))
	return err == nil && (kind == windows.FILE_TYPE_DISK || kind == windows.FILE_TYPE_PIPE)
}

// messageBox shows each message in a window and waits until the person closes it.
type messageBox struct{}

// Write implements io.Writer.
func (messageBox) Write(b []byte) (int, error) {
	text, err := windows.UTF16PtrFromString(strings.ReplaceAll(string(b), "claude-sync: ", ""))
	if err != nil {
		return 0, err
	}
	caption := [...]uint16{'c', 'l', 'a', 'u', 'd', 'e', '-', 's', 'y', 'n', 'c', 0}
	_, err = windows.MessageBox(0, text, &caption[0], windows.MB_ICONWARNING|windows.MB_SETFOREGROUND)
	return len(b), err
}
