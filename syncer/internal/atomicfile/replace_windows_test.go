package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/windows"
)

// A file that cannot be replaced stays as it is, no file is left beside it, and the error says why.
func TestWhatIsOpenOrReadOnlyStaysAndTheErrorSaysWhy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	stays := func(want error) {
		t.Helper()
		if err := WriteFile(path, []byte("new")); !errors.Is(err, want) {
			t.Errorf("got error %v, want %v", err, want)
		}
		if got := names(t, filepath.Dir(path)); read(t, path) != "old" || len(got) != 1 {
			t.Errorf("got %q in %q", read(t, path), got)
		}
	}
	must(os.WriteFile(path, []byte("old"), 0o600))
	f, err := os.Open(path)
	must(err)
	stays(windows.ERROR_SHARING_VIOLATION)
	must(f.Close())
	root, err := os.OpenRoot(filepath.Dir(path))
	must(err)
	f, err = root.Open(filepath.Base(path)) // os.Root opens files with FILE_SHARE_DELETE
	must(err)
	stays(windows.ERROR_SHARING_VIOLATION)
	must(errors.Join(f.Close(), root.Close()))
	must(os.Chmod(path, 0o400))
	stays(fs.ErrPermission)
	must(os.Chmod(path, 0o600))
	must(WriteFile(path, []byte("new")))
	if got := read(t, path); got != "new" {
		t.Errorf("got %q", got)
	}
}
