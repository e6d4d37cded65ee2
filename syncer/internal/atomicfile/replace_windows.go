package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// patience is how long a failed rename is tried again. Virus scanners and indexers open a new file for a moment
// without FILE_SHARE_DELETE, and MoveFileEx fails then.
const patience = 2 * time.Second

// replace renames from to to. It does not ask for POSIX semantics (FILE_RENAME_POSIX_SEMANTICS): those would
// replace a file that another program has open, and the rows that the program appends afterwards would be lost.
func replace(from, to string) error {
	if readOnly(to) { // the rename would fail with "access denied", but only after patience
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

// readOnly reports whether the file has the read-only attribute. No rename replaces such a file.
func readOnly(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o200 == 0
}

// whyNot returns why the file at path cannot be replaced. A rename fails with "access denied" even if the reason
// is a program that has the file open. Opening the file without sharing it tells the two reasons apart.
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

// syncDir does nothing: NTFS journals renames, and Windows cannot sync a folder. For FAT see resync.
func syncDir(string) error { return nil }
