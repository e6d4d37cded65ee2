//go:build windows || darwin

package notify

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"claude-sync/icons"
)

func TestTheIconIsKeptWhereItWillBeLookedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "icon.png")
	for _, before := range [][]byte{nil, []byte("torn")} {
		if before != nil {
			if err := os.WriteFile(path, before, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		c := newCarrier(Options{IconFile: path}, nil).(*beeepCarrier)
		if got, err := os.ReadFile(path); c.icon != any(path) || err != nil || !bytes.Equal(got, icons.App()) {
			t.Errorf("got %v and %d bytes, error %v", c.icon, len(got), err)
		}
	}
	if c := newCarrier(Options{}, nil).(*beeepCarrier); len(c.icon.([]byte)) == 0 {
		t.Error("no icon at all")
	}
	below := filepath.Join(path, "icon.png") // where no file can be
	if c := newCarrier(Options{IconFile: below}, nil).(*beeepCarrier); c.icon == any(below) {
		t.Error("got a path that nothing is at")
	}
}
