package dir

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"claude-sync/syncer/internal/stamp"

	"golang.org/x/sys/unix"
)

// stat asks for each file by way of the open folder, which spares the kernel the way there, and makes no
// fs.FileInfo of it: in a folder of thousands both count.
func stat(d *os.File, names []string) []Entry {
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
	return all
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
