package atomicfile

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// patience is how long a rename is tried again: virus scanners and indexers open a new file for a moment
// without sharing it for deletion, and MoveFileEx then fails.
const patience = 2 * time.Second

func replace(from, to string) error {
	wait := time.Millisecond
	for spent := time.Duration(0); ; spent += wait {
		err := os.Rename(from, to)
		busy := errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_SHARING_VIOLATION)
		if err == nil || !busy || spent > patience {
			return err
		}
		wait = min(2*wait, 100*time.Millisecond)
		time.Sleep(wait)
	}
}

// syncDir does nothing: NTFS journals a rename, and Windows cannot flush a folder.
func syncDir(string) error { return nil }
