//go:build !linux

package dir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"claude-sync/syncer/internal/stamp"
)

// stat calls Lstat for each file. On Windows, the metadata in the listing itself may be out of date for a file
// that is being written.
func stat(d *os.File, names []string) []Entry { return statFew(d.Name(), names) }

func statFew(dir string, names []string) []Entry {
	all := make([]Entry, 0, len(names))
	for _, name := range names {
		info, err := os.Lstat(filepath.Join(dir, name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			all = append(all, Entry{Name: name, Err: err})
		default:
			all = append(all, Entry{Name: name, Mode: info.Mode(), Stamp: stamp.Of(info), Away: away(info)})
		}
	}
	return all
}
