package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// patience is how long a rename is tried again: virus scanners and indexers open a new file for a moment
// without sharing it for deletion, and MoveFileEx then fails.
const patience = 2 * time.Second

// replace does not ask for POSIX semantics (FILE_RENAME_POSIX_SEMANTICS), by which a file could be replaced
// that others have open: what they append to it then would be gone.
func replace(from, to string) error {
	if readOnly(to) { // Windows would say "access denied", after patience
		return fmt.Errorf("it is read-only: %w", fs.ErrPermission)
	}
	wait := time.Millisecond
	for spent := time.Duration(0); ; spent += wait {
		err := os.Rename(from, to)
		busy := errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_SHARING_VIOLATION)
		if err == nil || !busy {
			return err
		}
		if spent > patience {
			return whyNot(to, err)
		}
		wait = min(2*wait, 100*time.Millisecond)
		time.Sleep(wait)
	}
}

// readOnly tells a file with that attribute, which no rename replaces.
func readOnly(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o200 == 0
}

// whyNot says why the file at path cannot be replaced. Windows says "access denied" also of one that a
// program has open; asked for the file alone, it tells that apart.
func whyNot(path string, err error) error {
	name, nameErr := windows.UTF16PtrFromString(path)
	if nameErr != nil {
		return err
	}
	h, openErr := windows.CreateFile(name, windows.GENERIC_READ, 0, nil, windows.OPEN_EXISTING, windows.FILE_FLAG_OPEN_REPARSE_POINT, 0)
	if openErr == nil {
		windows.CloseHandle(h)
		return err
	}
	if errors.Is(openErr, windows.ERROR_SHARING_VIOLATION) {
		return openErr
	}
	return err
}

// syncDir does nothing: NTFS journals a rename, and Windows cannot flush a folder.
func syncDir(string) error { return nil }
