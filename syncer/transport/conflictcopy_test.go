package transport

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestConflictCopiesAreReadOrNamedAndFilesThatArriveAreNeither(t *testing.T) {
	const (
		read    = "read"
		named   = "named"
		neither = "neither"
	)
	for _, c := range []struct{ tool, name, want string }{
		{"none", "s-desktop.ccsync", read},

		// The mark before the extension: a pack like any other.
		{"Dropbox", "s-desktop (Ann's conflicted copy 2026-01-02).ccsync", read},
		{"Syncthing", "s-desktop.sync-conflict-20260102-030405-ABCDEFG.ccsync", read},
		{"OneDrive", "s-desktop-DESKTOP-4K.ccsync", read},
		{"iCloud Drive", "s-desktop 2.ccsync", read},
		{"Google Drive", "s-desktop (1).ccsync", read},
		{"Nextcloud", "s-desktop (conflicted copy 2026-01-02 030405).ccsync", read},
		{"Resilio Sync", "s-desktop.Conflict.ccsync", read},

		// The mark behind it.
		{"rclone bisync", "s-desktop.ccsync.conflict1", named},
		{"rclone bisync, second machine", "s-desktop.ccsync.conflict2", named},
		{"rclone bisync before 1.66", "s-desktop.ccsync..path1", named},
		{"Dropbox", "s-desktop.ccsync (Ann's conflicted copy 2026-01-02)", named},
		{"Dropbox in German", "s-desktop.ccsync (In Konflikt stehende Kopie von Ann 2026-01-02)", named},
		{"Dropbox in French", "s-desktop.ccsync (Copie en conflit de Ann 2026-01-02)", named},
		{"Dropbox in Spanish", "s-desktop.ccsync (Copia en conflicto de Ann 2026-01-02)", named},
		{"Dropbox in Japanese", "s-desktop.ccsync (Ann の競合コピー 2026-01-02)", named},
		{"Syncthing", "s-desktop.ccsync.sync-conflict-20260102-030405-ABCDEFG", named},
		{"OneDrive", "s-desktop.ccsync-DESKTOP", named},
		{"OneDrive, second copy", "s-desktop.ccsync-DESKTOP-4K-2", named},
		{"iCloud Drive", "s-desktop.ccsync 2", named},
		{"Google Drive", "s-desktop.ccsync (1)", named},
		{"Synology Drive", "s-desktop.ccsync.1", named},
		{"Nextcloud", "s-desktop.ccsync (conflicted copy 2026-01-02 030405)", named},
		{"ownCloud before 2.7", "s-desktop.ccsync_conflict-20260102-030405", named},
		{"Seafile", "s-desktop.ccsync (SFConflict ann@example.com 2026-01-02-03-04-05)", named},
		{"Resilio Sync", "s-desktop.ccsync.Conflict", named},
		{"git-annex", "s-desktop.ccsync.variant-1a2b", named},
		{"a folder without letter case", "S-DESKTOP.CCSYNC.CONFLICT1", named},

		// Still arriving.
		{"rclone", "s-desktop.ccsync.1f2e3d4c.partial", neither},
		{"rclone, a conflict copy", "s-desktop.ccsync.conflict1.1f2e3d4c.partial", neither},
		{"Syncthing", ".syncthing.s-desktop.ccsync.tmp", neither},
		{"Syncthing on Windows", "~syncthing~s-desktop.ccsync.tmp", neither},
		{"Resilio Sync", "s-desktop.ccsync.!sync", neither},
		{"Nextcloud", ".s-desktop.ccsync.~1a2b", neither},
		{"a browser", "s-desktop.ccsync.crdownload", neither},
		{"WinSCP", "s-desktop.ccsync.filepart", neither},
		{"rsync", ".s-desktop.ccsync.Xy12ab", neither},
		{"wget", "s-desktop.ccsync.part", neither},

		// Not a sync tool's.
		{"an editor's backup", "s-desktop.ccsync~", neither},
		{"a person's backup", "s-desktop.ccsync.bak", neither},
		{"a person's text", "s-desktop.ccsync.txt", neither},
		{"another file", "conflict1", neither},
		{"a file that has only the extension", ".ccsync.conflict1", neither},
		{"a date", "s-desktop.ccsync.2026", neither},
	} {
		t.Run(c.tool+" "+c.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range []string{Marker, filepath.Join("app", c.name)} {
				path := filepath.Join(dir, name)
				if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			files, err := NewFolder(dir).List(t.Context(), "app")
			if err != nil {
				t.Fatal(err)
			}
			got := neither
			switch {
			case len(files) == 1 && errors.Is(files[0].Problem, ErrConflictCopy):
				got = named
			case len(files) == 1 && files[0].Problem == nil:
				got = read
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestAConflictCopyOutsideAnyFolderIsNamed(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{Marker, "s-desktop.ccsync.conflict1"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := All(t.Context(), NewFolder(dir))
	if err != nil || len(all) != 1 || !errors.Is(all[0].Problem, ErrConflictCopy) {
		t.Errorf("got %v, error %v", all, err)
	}
}
