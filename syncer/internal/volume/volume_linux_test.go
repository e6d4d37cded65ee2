package volume

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestKnownFileSystems(t *testing.T) {
	renumbers := Volume{Renumbers: true}
	for name, c := range map[string]struct {
		magic uint32
		want  Volume
	}{
		"vfat":  {unix.MSDOS_SUPER_MAGIC, Volume{LateEntry: true, Longest: 4294967295, Renumbers: true}},
		"exfat": {unix.EXFAT_SUPER_MAGIC, renumbers}, "sshfs": {unix.FUSE_SUPER_MAGIC, renumbers}, "cifs": {unix.CIFS_SUPER_MAGIC, renumbers},
		"ext4": {unix.EXT4_SUPER_MAGIC, Volume{}}, "nfs": {unix.NFS_SUPER_MAGIC, Volume{}}, "btrfs": {unix.BTRFS_SUPER_MAGIC, Volume{}},
	} {
		if got := known(c.magic); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}
