package supervise

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// mounts are the types of the mounted file systems by their mount points.
type mounts map[string]string

// readMounts asks the system, which asks no drive for it.
func readMounts() mounts {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil
	}
	return parseMounts(string(text))
}

// parseMounts reads lines as
//
//	36 35 98:0 / /mnt/nas\040two rw,noatime shared:1 - nfs4 server:/export rw
//
// in which any number of fields may stand before the dash. A later line hides an earlier one of the same mount point.
func parseMounts(text string) mounts {
	all := mounts{}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		dash := slices.Index(fields, "-")
		if dash < 6 || dash+1 >= len(fields) {
			continue
		}
		all[unescape(fields[4])] = fields[dash+1]
	}
	return all
}

// unescape replaces the octal escapes of blanks and backslashes.
func unescape(s string) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(s, `\`)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		c, err := strconv.ParseUint(after[:min(3, len(after))], 8, 8)
		if err != nil {
			b.WriteByte('\\')
			s = after
			continue
		}
		b.WriteByte(byte(c))
		s = after[3:]
	}
}

// steady reports whether a file system of this type answers without a server and without another program.
func steady(kind string) bool {
	return slices.Contains([]string{"ext2", "ext3", "ext4", "btrfs", "xfs", "f2fs", "zfs", "bcachefs", "jfs", "reiserfs", "nilfs2", "tmpfs", "ramfs",
		"overlay", "aufs", "squashfs", "vfat", "msdos", "exfat", "ntfs3", "hfsplus", "iso9660", "udf", "ecryptfs", "proc", "sysfs", "devtmpfs", "devpts"}, kind)
}

// unsteady reports whether a path leads to a file system that may not answer. It follows symbolic links, and touches
// nothing behind the mount point of such a one. The root does not count: if that hangs, nothing helps.
func (m mounts) unsteady(path string) bool {
	const mostLinks = 40 // as the system has it
	for range mostLinks {
		target, linked, hit := m.walk(path)
		if hit || !linked {
			return hit
		}
		path = target
	}
	return false
}

// walk goes along a path up to the first mount point that is not steady or the first symbolic link. If it finds a link, it
// returns the path with that link replaced.
func (m mounts) walk(path string) (target string, linked, hit bool) {
	if !filepath.IsAbs(path) {
		return "", false, false
	}
	at := "/"
	names := strings.Split(strings.Trim(filepath.Clean(path), "/"), "/")
	for i, name := range names {
		next := filepath.Join(at, name)
		if kind, ok := m[next]; ok {
			if !steady(kind) && next != "/" {
				return "", false, true
			}
		} else if link, err := os.Readlink(next); err == nil {
			if !filepath.IsAbs(link) {
				link = filepath.Join(at, link)
			}
			return filepath.Join(append([]string{link}, names[i+1:]...)...), true, false
		}
		at = next
	}
	return "", false, false
}
