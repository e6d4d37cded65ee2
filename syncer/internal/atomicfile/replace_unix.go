//go:build unix

package atomicfile

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"claude-sync/syncer/internal/oserr"
)

func replace(from, to string) error { return os.Rename(from, to) }

// syncDir makes a rename durable. Some file systems (FAT, some network ones) cannot sync a folder and return
// EINVAL or ENOTSUP, which is not reported: nothing more can be done there.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("opening the folder %#q: %w", dir, oserr.Bare(err))
	}
	defer d.Close()
	err = d.Sync()
	if err == nil || errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return fmt.Errorf("making changes to the folder %#q durable: %w", dir, oserr.Bare(err))
}
