package oserr

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestBareLeavesTheReasonAndNoPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "the folder")
	_, open := os.Open(dir)
	link := os.Rename(dir, filepath.Join(dir, "new"))
	plain := errors.New("the folder is full")
	for name, c := range map[string]struct{ err, want error }{
		"a path":           {open, fs.ErrNotExist},
		"two paths":        {link, fs.ErrNotExist},
		"a path, wrapped":  {fmt.Errorf("looking into the folder: %w", open), fs.ErrNotExist},
		"two, wrapped":     {fmt.Errorf("moving the folder: %w", link), fs.ErrNotExist},
		"nothing to leave": {plain, plain},
	} {
		got := Bare(c.err)
		if !errors.Is(got, c.want) || got != plain && strings.Contains(got.Error(), "folder") {
			t.Errorf("%s: got %v", name, got)
		}
	}
	if got := Bare(nil); got != nil {
		t.Errorf("no error became %v", got)
	}
}

func TestMissingIsOnlyWhatIsNotThere(t *testing.T) {
	_, missing := os.Lstat(filepath.Join(t.TempDir(), "none"))
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"a missing file":          {missing, true},
		"a missing file, wrapped": {fmt.Errorf("looking: %w", missing), true},
		"a file that is there":    {fs.ErrExist, false},
		"a forbidden file":        {fs.ErrPermission, false},
		"no error":                {nil, false},
	} {
		if got := Missing(c.err); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// ReplaceOpen must agree with the system on which the test runs.
func TestReplaceOpenIsSoOnThisSystem(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	for _, p := range []string{path, path + ".new"} {
		if err := os.WriteFile(p, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := os.Rename(path+".new", path); (err == nil) != ReplaceOpen {
		t.Errorf("ReplaceOpen is %v; replacing an open file: %v", ReplaceOpen, err)
	}
	if HeldOpen(nil) || HeldOpen(fs.ErrNotExist) {
		t.Error("a file that nobody has open is held open")
	}
}

func TestADrivesErrorsAreRecognized(t *testing.T) {
	all := map[string]func(error) bool{"write-protected": WriteProtected, "failing": Failing, "too long": TooLong, "no seek": NoSeek}
	for _, c := range []struct {
		err  error
		want string
	}{
		{syscall.EROFS, "write-protected"}, {syscall.EIO, "failing"}, {syscall.ENODEV, "failing"}, {syscall.ENXIO, "failing"},
		{syscall.EFBIG, "too long"}, {syscall.ESPIPE, "no seek"}, {fs.ErrPermission, ""}, {nil, ""},
	} {
		for name, is := range all {
			wrapped := fmt.Errorf("writing: %w", &fs.PathError{Op: "write", Path: "/x", Err: c.err})
			if got := is(wrapped); got != (name == c.want) {
				t.Errorf("%v is %s: %v", c.err, name, got)
			}
			if got := Cause(wrapped); c.err != nil && got != c.err {
				t.Errorf("the cause of %v is %v", wrapped, got)
			}
		}
	}
}
