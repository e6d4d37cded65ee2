package atomicfile

import (
	"path/filepath"
	"testing"

	"golang.org/x/sys/windows"
)

// A virus scanner may open a new file right after the rename, and share it with nobody.
func TestAFileThatIsHeldOpenAfterItsRenameIsWritten(t *testing.T) {
	onFATFor(t, true)
	path := filepath.Join(t.TempDir(), "file")
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	var scanner windows.Handle
	TestStep = func(step, _ string) (err error) {
		if step == "resync" {
			scanner, err = windows.CreateFile(name, windows.GENERIC_READ, 0, nil, windows.OPEN_EXISTING, 0, 0)
		}
		return err
	}
	defer func() { TestStep = nil }()
	if err := WriteFile(path, []byte("new")); err != nil || scanner == 0 {
		t.Errorf("got %v; held open by %d", err, scanner)
	}
	windows.CloseHandle(scanner)
	if got := read(t, path); got != "new" {
		t.Errorf("got %q", got)
	}
}
