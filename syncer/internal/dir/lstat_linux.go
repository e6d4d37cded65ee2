package dir

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"claude-sync/syncer/internal/stamp"

	"golang.org/x/sys/unix"
)

// stat calls fstatat with the open folder, so that the kernel need not resolve the folder's path for each file,
// and makes no fs.FileInfo. In a folder of thousands of files, both matter.
func stat(d *os.File, names []string) []Entry { return statAt(int(d.Fd()), "", d.Name(), names) }

// statFew is stat for so few names that to open the folder would cost more.
func statFew(dir string, names []string) []Entry {
	return statAt(unix.AT_FDCWD, dir+string(os.PathSeparator), dir, names)
}

func statAt(fd int, prefix, dir string, names []string) []Entry {
	all := make([]Entry, 0, len(names))
	for _, name := range names {
		var s unix.Stat_t
		err := unix.Fstatat(fd, prefix+name, &s, unix.AT_SYMLINK_NOFOLLOW)
		for errors.Is(err, unix.EINTR) {
			err = unix.Fstatat(fd, prefix+name, &s, unix.AT_SYMLINK_NOFOLLOW)
		}
		switch {
		case errors.Is(err, unix.ENOENT):
		case err != nil:
			all = append(all, Entry{Name: name, Err: &fs.PathError{Op: "lstat", Path: dir + "/" + name, Err: err}})
		default:
			all = append(all, Entry{Name: name, Mode: mode(s.Mode), Away: away(&s),
				Stamp: stamp.Stamp{Size: s.Size, Modified: s.Mtim.Nano(), Changed: s.Ctim.Nano(), Inode: s.Ino}})
		}
	}
	return all
}

// away reports whether the file is a placeholder, which has a size but not one block on disk. A small file may be
// stored in its inode (ext4, btrfs), so only larger files count.
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
