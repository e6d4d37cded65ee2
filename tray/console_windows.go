package tray

import (
	"io"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Console lets go of the console window that Windows made for this process alone, at login or by a double
// click, and returns where to tell a person what is wrong: standard error where a shell or a file is behind
// it, else a message box, and at login nowhere, for nobody sits there to read. Each Write is one message.
//
// The program is one of the console subsystem, so that a shell waits for its commands, pipes work and exit
// codes arrive; of one of the GUI subsystem (-H=windowsgui) that attaches itself to its parent's console,
// cmd and PowerShell do not await the end. The price is a window that is seen for a moment.
func Console(atLogin bool) io.Writer {
	behind := redirected(os.Stderr)
	kernel := windows.NewLazySystemDLL("kernel32.dll")
	var ids [2]uint32
	n, _, _ := kernel.NewProc("GetConsoleProcessList").Call(uintptr(unsafe.Pointer(&ids[0])), uintptr(len(ids)))
	if n == 1 {
		_, _, _ = kernel.NewProc("FreeConsole").Call() // then the window stays, and nothing is lost
	}
	switch {
	case behind, n > 1:
		return os.Stderr
	case atLogin:
		return io.Discard
	}
	return messageBox{}
}

// redirected says that a file or a pipe is behind f.
func redirected(f *os.File) bool {
	kind, err := windows.GetFileType(windows.Handle(f.Fd()))
	return err == nil && (kind == windows.FILE_TYPE_DISK || kind == windows.FILE_TYPE_PIPE)
}

// messageBox is a writer that shows each message in a window and waits until it is closed.
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
