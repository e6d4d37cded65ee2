package volume

import (
	"os"
	"path/filepath"
	"testing"
)

// The folder for temporary files of a machine that builds software is on an ordinary file system.
func TestPathAndFileAreOnOneVolume(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "file"))
	if err != nil {
		t.Fatal(err)
	}
	if got := OfFile(f); got != Of(dir) || got != Of(f.Name()) || got.Longest != 0 {
		t.Errorf("the file is on %+v, its folder on %+v", got, Of(dir))
	}
	f.Close()
	for name, got := range map[string]Volume{"a closed file": OfFile(f), "no file": Of(filepath.Join(dir, "none"))} {
		if got != (Volume{}) {
			t.Errorf("%s is on %+v", name, got)
		}
	}
}
