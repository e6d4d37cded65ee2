package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"claude-sync/syncer/internal/oserr"
)

// testLink is os.Link, except in tests: their folder is on a file system that has links.
var testLink = os.Link

// Keep keeps the file at path under another name in the same folder, and makes that durable. The file then has both
// names, or there is a copy of it. Only if it can neither have two names nor be read, it loses the old one.
//
// Errors: fs.ErrExist if there is a file of the other name, which stays as it is.
//
// RACE: where a file cannot have two names, another process can make a file of the other name between the check and
// the rename, a few microseconds, and that file is lost.
func Keep(path, as string) error {
	if err := step("keep", as); err != nil {
		return err
	}
	err := testLink(path, as)
	switch {
	case errors.Is(err, fs.ErrExist):
		return fs.ErrExist
	case err == nil:
		return syncDir(filepath.Dir(as))
	}
	free := func() error {
		if _, err := os.Lstat(as); !oserr.Missing(err) {
			return fs.ErrExist
		}
		return nil
	}
	if err := free(); err != nil {
		return err
	}
	if err := copyTo(path, as, free); err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := errors.Join(step("rename", as), free()); err != nil {
		return err
	}
	if err := os.Rename(path, as); err != nil {
		return fmt.Errorf("setting %#q aside: %w", path, oserr.Bare(err))
	}
	return syncDir(filepath.Dir(as))
}

// copyTo makes a copy of a file, if its name is still free.
func copyTo(path, as string, free func() error) error {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	info, err := from.Stat()
	if err != nil {
		return err
	}
	to, err := Create(as, info.Mode().Perm())
	if err != nil {
		return err
	}
	defer to.Discard()
	if err := to.CopyFrom(from, info.Size()); err != nil {
		return err
	}
	return to.Commit(time.Time{}, free)
}
