package volume

import (
	"os"

	"golang.org/x/sys/unix"
)

// Of returns what is peculiar to the file system of path; nothing if that cannot be found out. On a network file
// system, it may have to ask the server.
func Of(path string) Volume {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return Volume{}
	}
	return known(uint32(s.Type))
}

// OfFile is Of for an open file.
func OfFile(f *os.File) Volume {
	var s unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &s); err != nil {
		return Volume{}
	}
	return known(uint32(s.Type))
}

// known has a row for each file system that is not ordinary. NFS is: its server gives the inode numbers, and they stay.
// exFAT copies where the content lies into the new directory entry. In FUSE are sshfs, rclone, davfs2, exfat-fuse and
// ntfs-3g. Some of those keep their inode numbers, but the kernel does not tell which.
func known(magic uint32) Volume {
	const ncp = 0x564C
	switch magic {
	case unix.MSDOS_SUPER_MAGIC:
		return fat()
	case unix.EXFAT_SUPER_MAGIC, unix.FUSE_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC, ncp:
		return Volume{Renumbers: true}
	}
	return Volume{}
}
