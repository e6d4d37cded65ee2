package volume

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Of returns what is peculiar to the file system of path; nothing if that cannot be found out. On a network file
// system, it may have to ask the server.
func Of(path string) Volume {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return Volume{}
	}
	return known(unix.ByteSliceToString(s.Fstypename[:]))
}

// OfFile is Of for an open file.
func OfFile(f *os.File) Volume {
	var s unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &s); err != nil {
		return Volume{}
	}
	return known(unix.ByteSliceToString(s.Fstypename[:]))
}

// known has a row for each file system that is not ordinary. NFS is: its server gives the inode numbers, and they stay.
func known(name string) Volume {
	switch {
	case name == "msdos":
		return fat()
	case name == "exfat", name == "smbfs", name == "webdav", name == "ftp", strings.Contains(name, "fuse"):
		return Volume{Renumbers: true}
	}
	return Volume{}
}
