package dir

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"syscall"

	"claude-sync/syncer/internal/stamp"

	"golang.org/x/sys/unix"
)

// read asks for each file by way of the open folder, which spares the kernel the way there, and makes no
// fs.FileInfo of it: in a folder of thousands both count.
func read(d *os.File, wanted func(string) bool) ([]Entry, error) {
	names, err := d.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !wanted(name) })
	slices.Sort(names)
	all := make([]Entry, 0, len(names))
	fd := int(d.Fd())
	for _, name := range names {
		var s unix.Stat_t
		err := unix.Fstatat(fd, name, &s, unix.AT_SYMLINK_NOFOLLOW)
		for errors.Is(err, unix.EINTR) {
			err = unix.Fstatat(fd, name, &s, unix.AT_SYMLINK_NOFOLLOW)
		}
		switch {
		case errors.Is(err, unix.ENOENT):
		case err != nil:
			all = append(all, Entry{Name: name, Err: &fs.PathError{Op: "lstat", Path: d.Name() + "/" + name, Err: err}})
		default:
			all = append(all, Entry{Name: name, Mode: mode(s.Mode), Away: away(&s),
				Stamp: stamp.Stamp{Size: s.Size, Modified: s.Mtim.Nano(), Changed: s.Ctim.Nano(), Inode: s.Ino}})
		}
	}
	return all, nil
}

// away tells a placeholder: a size without a single block on disk. Small files may live in the inode itself
// (ext4, btrfs), so only what cannot fit there counts.
func away(s *unix.Stat_t) bool { return s.Blocks == 0 && s.Size > 4096 }

func mode(m uint32) fs.FileMode {
	mode := fs.FileMode(m & 0o777)
	switch m & syscall.S_IFMT {
	case syscall.S_IFREG:
		return mode
	case syscall.S_IFDIR:
		return mode | fs.ModeDir
	case syscall.S_IFLNK:
		return mode | fs.ModeSymlink
	}
	return mode | fs.ModeIrregular
}
