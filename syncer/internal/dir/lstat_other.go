//go:build !linux

package dir

import (
	"io/fs"
	"os"
	"path/filepath"
)

func lstat(d *os.File, _ uintptr, name string) (fs.FileInfo, error) {
	return os.Lstat(filepath.Join(d.Name(), name))
}
