// Package atomicfile replaces a file in one step: after a crash, a kill or a full disk, the target is the whole
// old file or the whole new file.
//
// The order is: create a temporary file beside the target, write it, fsync, rename, on FAT fsync once more,
// fsync the folder. Syncthing, Dropbox, iCloud Drive, OneDrive and Box all ignore the name of the temporary
// file, so none of them carries half a file to another machine. Claude Code ignores it, too.
//
// It does not promise isolation: if two processes replace one file at once, both succeed and the later file
// stays. A caller that needs more holds a lock, and checks the target in Commit.
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
	mark   = ".ccs"        // Syncthing's own temporary files do not have it
	suffix = ".tmp"        // ignored by Dropbox, iCloud, OneDrive and Box
	// leftover is the age from which on no running process can need a temporary file.
	leftover = 24 * time.Hour
)

// TestStep is nil except in tests. It is called before each step that changes the disk. An error stops the step
// and everything after it, even the clean-up, as a kill would.
var TestStep func(step, path string) error

func step(name, path string) error {
	if TestStep == nil {
		return nil
	}
	return TestStep(name, path)
}

// File is the new content of a file. os.File is not embedded, because io.Copy and io.WriteString would then
// find and call its methods instead of File's.
type File struct {
	file    *os.File
	target  string
	done    bool
	written atomic.Bool  // something was written
	waiting atomic.Int64 // bytes written since the last call of startWriting
	syncing chan error   // gets the result of SyncSoon; nil unless SyncSoon was called
}

// Create starts a new content for the file at target, with the given permissions. It makes the folder if that
// is missing. Either Commit or Discard must follow; Discard after Commit does nothing.
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

// Aside gives the file at target a second name, which is that of a temporary file beside it. The file keeps the
// second name when target is replaced. The caller must remove it.
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

// tempName shortens base so that the whole name has at most 255 bytes, which every file system allows.
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

// Target returns the path of the file that Commit replaces.
func (f *File) Target() string { return f.target }

// Write adds b to the new content.
func (f *File) Write(b []byte) (int, error) {
	if err := step("write", f.file.Name()); err != nil {
		return 0, err
	}
	n, err := f.file.Write(b)
	f.wrote(n)
	return n, f.named("writing", err)
}

// wrote notes that n bytes were written. It starts the write-back every 16 MiB, because Commit would otherwise have to
// wait for all of a long file.
func (f *File) wrote(n int) {
	const enough = 16 << 20
	if n > 0 && !f.written.Load() {
		f.written.Store(true)
	}
	if waiting := f.waiting.Add(int64(n)); waiting >= enough && f.waiting.CompareAndSwap(waiting, 0) {
		startWriting(f.file)
	}
}

// WriteAt writes b at offset off of the new content. Several goroutines may call it at once.
func (f *File) WriteAt(b []byte, off int64) (int, error) {
	if err := step("writeat", f.file.Name()); err != nil {
		return 0, err
	}
	n, err := f.file.WriteAt(b, off)
	f.wrote(n)
	return n, f.named("writing", err)
}

// CopyFrom adds the next size bytes of r to the new content. If r is a file, the kernel copies the bytes, or the
// file system shares them.
func (f *File) CopyFrom(r io.Reader, size int64) error {
	if err := step("copy", f.file.Name()); err != nil {
		return err
	}
	const part = 32 << 20 // the write-back of the first part begins while the next one is copied
	for size > 0 {
		n, err := f.file.ReadFrom(&io.LimitedReader{R: r, N: min(size, part)})
		if err == nil && n == 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return f.named("writing", err)
		}
		size -= n
		f.wrote(int(n))
	}
	return nil
}

// ReadAt reads from the new content.
func (f *File) ReadAt(b []byte, off int64) (int, error) {
	n, err := f.file.ReadAt(b, off)
	if errors.Is(err, io.EOF) {
		return n, err
	}
	return n, f.named("reading", err)
}

// Size returns how many bytes the new content has so far.
func (f *File) Size() (int64, error) {
	size, err := f.file.Seek(0, io.SeekEnd)
	return size, f.named("reading", err)
}

// named adds the target's path to an error. The temporary file's path is left out, because callers do not know
// it.
func (f *File) named(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %#q: %w", doing, f.target, oserr.Bare(err))
}

// Commit makes the content durable and renames it to the target. If still is not nil, it is called right before
// the rename; if it returns an error, Commit leaves the target as it is and returns that error. If modified is
// not zero, it becomes the file's modification time.
//
// RACE: another process can change the target between still and the rename, a few microseconds. A caller to
// whom that matters looks at the replaced file afterwards.
func (f *File) Commit(modified time.Time, still func() error) error {
	if err := f.rename(modified, still); err != nil {
		return err
	}
	return f.syncName()
}

// rename is Commit without the sync of the folder.
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
	if !f.written.Load() {
		// Without its cache, rclone uploads a file that nothing was written to only after Close, and so after its removal:
		// the empty file would come back.
		_, _ = f.file.Write([]byte{0})
	}
	f.file.Close()
	if err := step("discard", f.file.Name()); err != nil {
		return err
	}
	return os.Remove(f.file.Name())
}

// Remove removes the file at path. It need not be durable: after a power cut the file may be back.
func Remove(path string) error {
	if err := step("remove", path); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("removing %#q: %w", path, oserr.Bare(err))
	}
	return nil
}

// WriteFile replaces the content of the file at target with data. Only the owner can read the file, and the
// folder if WriteFile has to make it.
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

// MkdirAll makes a folder and its missing parents. Each is durable before the next is made.
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

// Sweep removes temporary files from dir that are more than a day old: killed processes left them. A file that
// cannot be removed is left for the next Sweep.
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
