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

// A sync folder that may be listed but not entered was not emptied.
func TestFolderThatCannotBeEnteredIsNotEmpty(t *testing.T) {
	dir := t.TempDir()
	for _, err := range []error{os.Chmod(filepath.Dir(dir), 0o755), os.Mkdir(filepath.Join(dir, "myapp"), 0o755), NewFolder(dir).Prepare(), os.Chmod(dir, 0o444)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	defer os.Chmod(dir, 0o755)
	if os.Geteuid() == 0 { // root may enter every folder, unless this thread uses the file system as another user
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
