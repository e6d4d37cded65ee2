package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// onFATFor makes onFAT return fat for every file until the test ends.
func onFATFor(t *testing.T, fat bool) {
	t.Helper()
	testOnFAT = func(*os.File) bool { return fat }
	t.Cleanup(func() { testOnFAT = onFAT })
}

// noteSteps records the steps that change the disk, each with the file's name. noted ends that and returns them.
func noteSteps(t *testing.T) (noted func() string) {
	t.Helper()
	var all []string
	TestStep = func(step, path string) error {
		name := filepath.Base(path)
		if IsTemp(name) {
			name = "new"
		}
		if step != "write" && step != "create" {
			all = append(all, step+" "+name)
		}
		return nil
	}
	t.Cleanup(func() { TestStep = nil })
	return func() string { TestStep = nil; return strings.Join(all, ", ") }
}

// On FAT, the directory entry of a renamed file is complete only after another sync of the file. The folder is
// synced last, so that the complete entry becomes durable.
func TestOnFATAFileIsSyncedAgainAfterItsRename(t *testing.T) {
	for _, c := range []struct {
		name      string
		fat       bool
		one, many string
	}{
		{"on FAT", true,
			"sync new, rename a, resync a, syncdir a",
			"sync new, sync new, rename a, resync a, rename b, resync b, syncdir a"},
		{"elsewhere", false,
			"sync new, rename a, syncdir a",
			"sync new, sync new, rename a, rename b, syncdir a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			onFATFor(t, c.fat)
			dir := t.TempDir()
			begin := func(name string) *File {
				t.Helper()
				f, err := Create(filepath.Join(dir, name), 0o600)
				if err == nil {
					_, err = f.Write([]byte("new " + name))
				}
				if err != nil {
					t.Fatal(err)
				}
				return f
			}
			steps := noteSteps(t)
			if err := begin("a").Commit(time.Time{}, nil); err != nil {
				t.Fatal(err)
			}
			if got := steps(); got != c.one {
				t.Errorf("one file: got  %s\nwant %s", got, c.one)
			}
			steps = noteSteps(t)
			var batch Batch
			files := []*File{begin("a"), begin("b")}
			for _, f := range files {
				f.SyncSoon()
			}
			for _, f := range files {
				if err := f.CommitIn(&batch, time.Time{}, nil); err != nil {
					t.Fatal(err)
				}
			}
			batch.Sync()
			if got := steps(); got != c.many || batch.Failed(dir) != nil {
				t.Errorf("a batch: got  %s\nwant %s, %v", got, c.many, batch.Failed(dir))
			}
			if got := names(t, dir); !slices.Equal(got, []string{"a", "b"}) || read(t, filepath.Join(dir, "b")) != "new b" {
				t.Errorf("got %q, b is %q", got, read(t, filepath.Join(dir, "b")))
			}
		})
	}
}

// If the second sync fails, the file has its name but is not safe, so Commit must return an error.
func TestAFailedResyncIsAnError(t *testing.T) {
	onFATFor(t, true)
	path := filepath.Join(t.TempDir(), "a")
	failed := errors.New("failed")
	TestStep = func(step, _ string) error {
		if step == "resync" {
			return failed
		}
		return nil
	}
	defer func() { TestStep = nil }()
	if err := WriteFile(path, []byte("new")); !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
	if got := names(t, filepath.Dir(path)); read(t, path) != "new" || len(got) != 1 {
		t.Errorf("got %q in %q", read(t, path), got)
	}
}

func TestOnFATSaysNoOfWhatIsNotOnFAT(t *testing.T) {
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	if onFAT(f) {
		t.Error("a device is on FAT")
	}
	if f.Close(); onFAT(f) {
		t.Error("a closed file is on FAT")
	}
}
