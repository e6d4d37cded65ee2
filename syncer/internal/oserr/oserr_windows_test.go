package oserr

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/windows"
)

func TestHeldOpenIsWhatWindowsSaysOfAnOpenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.Remove(path); !HeldOpen(err) {
		t.Errorf("got %v", err)
	}
	if !HeldOpen(fmt.Errorf("replacing: %w", windows.ERROR_LOCK_VIOLATION)) {
		t.Error("a locked file is not held open")
	}
}

func TestWindowsOwnErrorsOfADrive(t *testing.T) {
	if !WriteProtected(windows.ERROR_WRITE_PROTECT) || !Failing(windows.ERROR_NOT_READY) || Failing(windows.ERROR_ACCESS_DENIED) {
		t.Error("they are not recognized")
	}
}
