package transport

import (
	"errors"
	"strings"
)

// ErrConflictCopy says that a sync tool put a mark behind the extension of a pack that two machines wrote. The file is
// not read under that name: what is in it may be anything.
var ErrConflictCopy = errors.New("it is a sync tool's conflict copy, and its name does not end in " + Extension)

// conflictCopy reports whether name is that of a conflict copy with a mark behind the extension. Most tools put the mark
// before it, and such a copy is a pack like any other.
//
//	.conflict1  ..path2                 rclone bisync, of today and before 1.66
//	 (Ann's conflicted copy 2026-01-02) Dropbox, Nextcloud; Seafile has " (SFConflict …)"
//	.sync-conflict-20260102-030405-ABC  Syncthing
//	.Conflict                           Resilio Sync
//	_conflict-20260102-030405           ownCloud before 2.7
//	-DESKTOP-4K  -DESKTOP-4K-2          OneDrive
//	 2  (1)  .1                         iCloud Drive, Google Drive, Synology Drive
//	.variant-1a2b                       git-annex
func conflictCopy(name string) bool {
	if strings.HasSuffix(name, Extension) { // nearly all do
		return false
	}
	name = strings.ToLower(name)
	at := strings.LastIndex(name, Extension)
	if at < 1 || hidden(name) {
		return false
	}
	mark := name[at+len(Extension):]
	for _, arriving := range []string{".part", ".partial", ".filepart", ".tmp", ".temp", ".download", ".crdownload", ".!sync"} {
		if strings.HasSuffix(mark, arriving) {
			return false
		}
	}
	for _, word := range []string{"conflict", "conflit", "konflikt", "競合"} {
		if strings.Contains(mark, word) {
			return true
		}
	}
	host, isHost := strings.CutPrefix(mark, "-")
	number := strings.TrimLeft(mark, " ._-")
	number = strings.TrimSuffix(strings.TrimPrefix(number, "("), ")")
	return isHost && made(host, letters+digits+"-") || len(number) < 3 && made(number, digits) ||
		mark == "..path1" || mark == "..path2" || strings.HasPrefix(mark, ".variant-")
}

const (
	letters = "abcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
)

// made reports whether s is made of these characters, at least one.
func made(s, of string) bool { return s != "" && strings.Trim(s, of) == "" }

// hidden reports whether name is one that systems and sync tools give to files that are not for people.
func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") }
