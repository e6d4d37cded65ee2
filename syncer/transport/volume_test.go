package transport

import (
	"os"
	"path/filepath"
	"testing"

	"claude-sync/syncer/internal/stamp"
	"claude-sync/syncer/internal/volume"
)

// on returns a sync folder that takes itself to be on a volume, and the number of times it asked.
func on(t *testing.T, v volume.Volume) (f *Folder, asked *int) {
	t.Helper()
	f, asked = NewFolder(filepath.Join(t.TempDir(), "Sync")), new(int)
	f.volume = func(string) volume.Volume { *asked++; return v }
	if err := f.Prepare(); err != nil {
		t.Fatal(err)
	}
	return f, asked
}

// FAT and FUSE number their files anew at every mount. Packs that nobody changed must not look changed then.
func TestTagsHaveNoInodeNumberWhereItDoesNotLast(t *testing.T) {
	for _, anew := range []bool{false, true} {
		f, asked := on(t, volume.Volume{Renumbers: anew})
		for _, folder := range []string{"a", "b"} {
			path := filepath.Join(f.dir, folder, "x.ccsync")
			if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
				t.Fatal(err)
			}
			info, err := os.Lstat(path)
			if err != nil {
				t.Fatal(err)
			}
			want := stamp.Of(info)
			if anew {
				want.Inode = 0
			}
			files, err := f.List(t.Context(), folder)
			if err != nil || len(files) != 1 || files[0].Tag != want.Tag() {
				t.Errorf("renumbers %v: got %+v, %v, want the tag of %+v", anew, files, err, want)
			}
		}
		if *asked != 1 {
			t.Errorf("the file system was asked %d times by two listings", *asked)
		}
		if _, err := f.Folders(t.Context()); err != nil || *asked != 2 {
			t.Errorf("asked %d times, %v: another drive may be connected at the next look", *asked, err)
		}
	}
}
