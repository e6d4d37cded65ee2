package dir

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// lstat asks by way of the open folder, which spares the kernel the way there for every file.
func lstat(d *os.File, fd uintptr, name string) (fs.FileInfo, error) {
	for {
		var s unix.Stat_t
		err := unix.Fstatat(int(fd), name, &s, unix.AT_SYMLINK_NOFOLLOW)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return nil, &fs.PathError{Op: "lstat", Path: d.Name() + "/" + name, Err: err}
		}
		return &info{name, syscall.Stat_t{Mode: s.Mode, Size: s.Size, Blocks: s.Blocks, Ino: s.Ino,
			Mtim: syscall.Timespec(s.Mtim), Ctim: syscall.Timespec(s.Ctim)}}, nil
	}
}

// info is a fs.FileInfo.
type info struct {
	name string
	stat syscall.Stat_t // as far as anybody asks
}

// Name implements fs.FileInfo.
func (i *info) Name() string { return i.name }

// Size implements fs.FileInfo.
func (i *info) Size() int64 { return i.stat.Size }

// ModTime implements fs.FileInfo.
func (i *info) ModTime() time.Time { return time.Unix(i.stat.Mtim.Unix()) }

// IsDir implements fs.FileInfo.
func (i *info) IsDir() bool { return i.Mode().IsDir() }

// Mode implements fs.FileInfo.
func (i *info) Mode() fs.FileMode {
	mode := fs.FileMode(i.stat.Mode & 0o777)
	switch i.stat.Mode & syscall.S_IFMT {
	case syscall.S_IFREG:
		return mode
	case syscall.S_IFDIR:
		return mode | fs.ModeDir
	case syscall.S_IFLNK:
		return mode | fs.ModeSymlink
	}
	return mode | fs.ModeIrregular
}

// Sys implements fs.FileInfo.
func (i *info) Sys() any { return &i.stat }
