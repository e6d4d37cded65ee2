//go:build unix

package transport_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"claude-sync/syncer/transport"
)

func TestPipeNeitherBlocksNorIsRead(t *testing.T) {
	f, dir := folder(t)
	write(t, filepath.Join(dir, "p", "a.ccsync"), "x")
	if err := syscall.Mkfifo(filepath.Join(dir, "p", "pipe.ccsync"), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := transport.All(t.Context(), f)
	if err != nil || len(files) != 2 || files[1].Problem == nil {
		t.Errorf("listed %v, %v", files, err)
	}
	if c, err := f.Open(t.Context(), "p/pipe.ccsync"); err == nil {
		c.Close()
		t.Error("a pipe was opened as a pack")
	}
}
