// Package atomicfile replaces a file in one step: after a crash, a kill or a full disk there is the old
// file or the new one, whole, and never a name in between that anybody would read.
//
// The order is: a temporary file beside the target, its bytes, fsync, rename, on FAT fsync once more, fsync of
// the folder. The temporary name is one that Syncthing, Dropbox, iCloud Drive, OneDrive and Box all leave alone,
// so none of them carries half a file to another machine; Claude Code ignores it too.
//
// It does not promise isolation: two processes that replace one file at once both succeed and the later
// one stays. Whoever needs more holds a lock, and checks the target in Commit.
package atomicfile

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"claude-sync/syncer/internal/oserr"
)

const (
	prefix = "~syncthing~" // the only prefix that Syncthing ignores on every system
	mark   = ".ccs"        // tells our leftovers from Syncthing's own
	suffix = ".tmp"        // ignored by Dropbox, iCloud, OneDrive and Box
	// leftover is the age at which a temporary file cannot belong to a running process any more.
	leftover = 24 * time.Hour
)

// TestStep, when a test sets it, is asked before each step that changes the disk. An error stops the
// step and everything after it, clean-up included: that is what a kill looks like to the disk.
var TestStep func(step, path string) error

func step(name, path string) error {
	if TestStep == nil {
		return nil
	}
	return TestStep(name, path)
}

// File is a file on its way to its name. The file below is not embedded: io.Copy and io.WriteString would
// find its methods and go past these.
type File struct {
	file    *os.File
	target  string
	done    bool
	waiting atomic.Int64 // bytes that the disk was not asked to take yet
	syncing chan error   // what came of SyncSoon, nil when nobody asked for it
}

// Create starts a new content for the file at target, with the given permissions. The folder is made
// if need be. Either Commit or Discard must follow; Discard after Commit does nothing.
func Create(target string, perm fs.FileMode) (*File, error) {
	if err := MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return nil, err
	}
	tmp, err := beside(target)
	if err != nil {
		return nil, err
	}
	if err := step("create", tmp); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(tmp, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return nil, fmt.Errorf("creating %#q: %w", target, oserr.Bare(err))
	}
	return &File{file: f, target: target}, nil
}

// Aside gives the file at target a second name, that of a temporary file beside it. Replacing target leaves
// the file there. It is the caller's to remove.
func Aside(target string) (string, error) {
	name, err := beside(target)
	if err == nil {
		err = os.Link(target, name)
	}
	return name, err
}

// beside returns a new path for a temporary file beside target.
func beside(target string) (string, error) {
	var random [8]byte
	_, err := rand.Read(random[:])
	return filepath.Join(filepath.Dir(target), tempName(filepath.Base(target), hex.EncodeToString(random[:]))), err
}

// tempName keeps room for the random part within the 255 bytes a name may have everywhere.
func tempName(base, random string) string {
	room := 255 - len(prefix) - len(mark) - len(random) - len(suffix)
	if len(base) > room {
		base = strings.ToValidUTF8(base[:room], "")
	}
	return prefix + base + mark + random + suffix
}

// IsTemp reports whether name is one of this package's temporary files.
func IsTemp(name string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	rest, ok2 := strings.CutSuffix(rest, suffix)
	at := len(rest) - len(mark) - 16
	return ok && ok2 && at >= 0 && rest[at:at+len(mark)] == mark
}

// Target is the path of the file that is to be replaced.
func (f *File) Target() string { return f.target }

// Write adds b to the new content.
func (f *File) Write(b []byte) (int, error) {
	if err := step("write", f.file.Name()); err != nil {
		return 0, err
	}
	n, err := f.file.Write(b)
	f.hurry(n)
	return n, f.named("writing", err)
}

// hurry asks the disk to begin with what was written, now and then: else all of a long file would be left
// for Commit to wait for.
func (f *File) hurry(n int) {
	const enough = 16 << 20
	if waiting := f.waiting.Add(int64(n)); waiting >= enough && f.waiting.CompareAndSwap(waiting, 0) {
		startWriting(f.file)
	}
}

// WriteAt writes b at off of the new content. Several goroutines may do so at once.
func (f *File) WriteAt(b []byte, off int64) (int, error) {
	if err := step("writeat", f.file.Name()); err != nil {
		return 0, err
	}
	n, err := f.file.WriteAt(b, off)
	f.hurry(n)
	return n, f.named("writing", err)
}

// CopyFrom adds the next size bytes that r reads to the new content. A file's bytes are copied by the
// kernel, or shared, where that can be.
func (f *File) CopyFrom(r io.Reader, size int64) error {
	if err := step("copy", f.file.Name()); err != nil {
		return err
	}
	const part = 32 << 20 // the disk may begin with the first one early
	for size > 0 {
		n, err := f.file.ReadFrom(&io.LimitedReader{R: r, N: min(size, part)})
		if err == nil && n == 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return f.named("writing", err)
		}
		size -= n
		f.hurry(int(n))
	}
	return nil
}

// ReadAt reads back what was written.
func (f *File) ReadAt(b []byte, off int64) (int, error) {
	n, err := f.file.ReadAt(b, off)
	if errors.Is(err, io.EOF) {
		return n, err
	}
	return n, f.named("reading", err)
}

// Size is how many bytes were written so far.
func (f *File) Size() (int64, error) {
	size, err := f.file.Seek(0, io.SeekEnd)
	return size, f.named("reading", err)
}

// named says of a failure which file was meant, in the words of its user, who never saw the temporary
// name.
func (f *File) named(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %#q: %w", doing, f.target, oserr.Bare(err))
}

// Commit makes the content durable and gives it its name. Unless nil, still is asked right before: when
// it returns an error, the target is left as it is and the error returned. A modified other than zero
// becomes the file's modification time.
//
// RACE: another process can change the target between still and the rename, a few microseconds. Where
// that matters, the caller looks at what it replaced afterwards.
func (f *File) Commit(modified time.Time, still func() error) error {
	if err := f.rename(modified, still); err != nil {
		return err
	}
	return f.syncName()
}

// rename is Commit without the last step.
func (f *File) rename(modified time.Time, still func() error) error {
	defer f.Discard()
	if err := f.sync(); err != nil {
		return err
	}
	fat := testOnFAT(f.file)
	if err := f.file.Close(); err != nil {
		return f.named("writing", err)
	}
	if !modified.IsZero() {
		if err := os.Chtimes(f.file.Name(), time.Time{}, modified); err != nil {
			return f.named("setting the time of", err)
		}
	}
	if still != nil {
		if err := still(); err != nil {
			return err
		}
	}
	if err := step("rename", f.target); err != nil {
		return err
	}
	if err := replace(f.file.Name(), f.target); err != nil {
		return f.named("replacing", err)
	}
	f.done = true
	if fat {
		return f.resync()
	}
	return nil
}

// Discard drops the new content.
func (f *File) Discard() error {
	if f.done {
		return nil
	}
	f.done = true
	if f.syncing != nil {
		<-f.syncing
	}
	f.file.Close()
	if err := step("discard", f.file.Name()); err != nil {
		return err
	}
	return os.Remove(f.file.Name())
}

// WriteFile replaces the file at target by data, readable by its owner only, as is a folder that is made
// for it.
func WriteFile(target string, data []byte) error {
	if err := MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	f, err := Create(target, 0o600)
	if err != nil {
		return err
	}
	defer f.Discard()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Commit(time.Time{}, nil)
}

// MkdirAll makes a folder and its parents, each durable before the next.
func MkdirAll(dir string, perm fs.FileMode) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := MkdirAll(parent, perm); err != nil {
			return err
		}
	}
	if err := step("mkdir", dir); err != nil {
		return err
	}
	if err := os.Mkdir(dir, perm); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("making the folder %#q: %w", dir, oserr.Bare(err))
	}
	return syncDir(parent)
}

// Sweep removes what killed processes left in dir, once it is a day old. What cannot be removed is left
// for the next time.
func Sweep(dir string, now time.Time) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !IsTemp(e.Name()) {
			continue
		}
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() && now.Sub(info.ModTime()) > leftover {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
