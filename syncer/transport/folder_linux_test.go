package transport

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// A sync folder that may be listed but not entered is not an emptied one.
func TestFolderThatCannotBeEnteredIsNotEmpty(t *testing.T) {
	dir := t.TempDir()
	for _, err := range []error{os.Chmod(filepath.Dir(dir), 0o755), os.Mkdir(filepath.Join(dir, "myapp"), 0o755), NewFolder(dir).Prepare(), os.Chmod(dir, 0o444)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	defer os.Chmod(dir, 0o755)
	if os.Geteuid() == 0 { // who may enter every folder, unless this thread is somebody else to the file system
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := syscall.Setfsuid(65534); err != nil {
			t.Fatal(err)
		}
		defer syscall.Setfsuid(0)
	}
	files, err := All(t.Context(), NewFolder(dir))
	if err != nil || len(files) != 1 || files[0].Name != "myapp" || !errors.Is(files[0].Problem, fs.ErrPermission) {
		t.Errorf("got %+v, %v", files, err)
	}
}
