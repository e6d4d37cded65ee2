// Hold keeps a file open as other Windows programs do, until its standard input ends:
//
//	hold none FILE     no other program may open it (Outlook, some virus scanners)
//	hold read FILE     others may read and write it, but not delete or replace it (most programs)
//	hold delete FILE   others may also delete and replace it (Node, and so Claude Code; sync tools)
package main

import (
	"io"
	"os"
	"syscall"
)

func main() {
	share := map[string]uint32{"none": 0, "read": syscall.FILE_SHARE_READ | syscall.FILE_SHARE_WRITE,
		"delete": syscall.FILE_SHARE_READ | syscall.FILE_SHARE_WRITE | 4}[os.Args[1]]
	name, err := syscall.UTF16PtrFromString(os.Args[2])
	if err == nil {
		_, err = syscall.CreateFile(name, syscall.GENERIC_READ, share, nil, syscall.OPEN_EXISTING, 0, 0)
	}
	if err != nil {
		os.Stdout.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	os.Stdout.WriteString("held\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
}
