package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/internal/dir"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/internal/stamp"
	"claude-sync/syncer/internal/volume"
)

// Marker is the file that marks a sync folder. A folder without the marker is the mount point of a drive that is
// not connected, or was emptied. Folder neither reads nor writes there, even if there are packs: an older
// claude-sync may have pushed them into the empty mount point.
const Marker = "claude-sync.txt"

const markerText = `This folder carries Claude Code sessions between your machines.
claude-sync writes the .ccsync files in it. This file tells it that the folder is the right one:
please leave it here.
`

// Folder is a Transport on a folder of this machine: <folder>/<project>/<session>-<machine>.ccsync, and
// <folder>/machines/<machine>.json. It has every power that this package names.
type Folder struct {
	dir    string
	volume func(dir string) volume.Volume // volume.Of, except in tests
	on     atomic.Pointer[volume.Volume]  // where the folder was found to be at the last listing
	gone   func() error                   // see Guarded; nil for none
}

var (
	_ Preparer = (*Folder)(nil)
	_ Checker  = (*Folder)(nil)
	_ Limiter  = (*Folder)(nil)
	_ Sweeper  = (*Folder)(nil)
	_ Remover  = (*Folder)(nil)
	_ Keeper   = (*Folder)(nil)
	_ Batcher  = draft{}
	_ Copier   = draft{}
)

// NewFolder returns the transport on dir. It touches nothing.
func NewFolder(dir string) *Folder { return &Folder{dir: dir, volume: volume.Of} }

// Guarded returns the transport on the same folder for a caller who may stop waiting for a call: gone returns an error
// from then on. A call that was left behind in the middle of a Commit then replaces no file.
func (f *Folder) Guarded(gone func() error) *Folder {
	return &Folder{dir: f.dir, volume: f.volume, gone: gone}
}

// String returns the folder's path.
func (f *Folder) String() string { return f.dir }

// Prepare implements Preparer: it makes the folder and puts the marker into it. A folder in which no pack could be
// written gets none.
func (f *Folder) Prepare() error {
	if err := atomicfile.MkdirAll(f.dir, 0o755); err != nil {
		return err
	}
	if f.Marked() {
		return nil
	}
	if err := f.Writable(); err != nil {
		return err
	}
	return atomicfile.WriteFile(filepath.Join(f.dir, Marker), []byte(markerText))
}

// Writable implements Checker. It does with a temporary file what a push does with a pack.
func (f *Folder) Writable() error {
	if _, err := os.Stat(f.dir); err != nil {
		return f.unavailable(err)
	}
	if err := atomicfile.Try(f.dir); err != nil {
		return fmt.Errorf("no file can be written in %#q: %w", f.dir, oserr.Cause(err))
	}
	return nil
}

// Marked implements Checker.
func (f *Folder) Marked() bool { return f.mounted() == nil }

// mounted returns an *UnavailableError if the folder has no marker. If it has, mounted costs one Lstat.
func (f *Folder) mounted() error {
	_, err := os.Lstat(filepath.Join(f.dir, Marker))
	if f.gone != nil {
		if gone := f.gone(); gone != nil {
			return gone
		}
	}
	if err == nil {
		return nil
	}
	if !oserr.Missing(err) {
		return f.unavailable(err)
	}
	if _, err := os.Stat(f.dir); err != nil {
		return f.unavailable(err)
	}
	if _, err := os.Lstat(filepath.Join(f.dir, iCloudName(Marker))); err == nil {
		return nil
	}
	return &UnavailableError{Place: f.dir, Reason: "it has no " + Marker + " (drive not connected, or folder emptied?)"}
}

// Folders implements Transport. It returns the folder itself and its folders, but no folder inside those.
func (f *Folder) Folders(ctx context.Context) ([]string, error) {
	top, err := os.ReadDir(f.dir) // without an Lstat of each file: there may be many that are not ours
	if err != nil {
		return nil, f.unavailable(err)
	}
	f.ask()
	var folders []string
	loose, marked := false, false
	for _, e := range top {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !strings.EqualFold(e.Name(), Machines) {
			folders = append(folders, e.Name())
		}
		loose = loose || !e.IsDir() && packLike(e.Name())
		marked = marked || e.Name() == Marker
	}
	if loose {
		folders = append([]string{""}, folders...)
	}
	if marked { // mounted fails in a folder that may be listed but not entered
		return folders, nil
	}
	if err := f.mounted(); err != nil { // the marker may be listed in another case
		return nil, err
	}
	return folders, nil
}

// ask asks which file system the folder is on, now: another drive may have been connected. A server answers that, so
// it is asked once for all folders.
func (f *Folder) ask() volume.Volume {
	on := f.volume(f.dir)
	f.on.Store(&on)
	return on
}

// isOn returns what ask found out.
func (f *Folder) isOn() volume.Volume {
	if on := f.on.Load(); on != nil {
		return *on
	}
	return f.ask()
}

// Longest implements Limiter.
func (f *Folder) Longest() int64 { return f.isOn().Longest }

// List implements Transport. The tags of files are made without inode numbers where those do not last: otherwise all
// packs would be read again whenever a stick was plugged in.
func (f *Folder) List(ctx context.Context, folder string) ([]File, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ext, ours := Extension, packLike
	if folder == Machines {
		ext, ours = MachineExtension, func(name string) bool { return named(name, MachineExtension) }
	}
	entries, err := dir.Read(filepath.Join(f.dir, folder), ours)
	if f.isOn().Renumbers {
		for i := range entries {
			entries[i].Inode = 0
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist): // a sync tool may remove this folder only
		return nil, f.mounted()
	case err != nil && folder == "":
		return nil, f.unavailable(err)
	case err != nil:
		return []File{{Name: folder, Problem: fmt.Errorf("the folder cannot be read: %w", err)}}, nil
	case folder == "":
		return files("", ext, slices.DeleteFunc(entries, func(e dir.Entry) bool { return e.Mode.IsDir() })), nil
	}
	return files(folder+"/", ext, entries), nil
}

func (f *Folder) unavailable(err error) error {
	reason := "it cannot be read: " + oserr.Bare(err).Error()
	if oserr.Missing(err) {
		reason = "it does not exist (drive not connected?)"
	}
	return &UnavailableError{Place: f.dir, Reason: reason}
}

// packLike reports whether name may be the name of a pack, of a pack's conflict copy, or of the placeholder of a
// pack that is only in the cloud.
func packLike(name string) bool { return named(name, Extension) || conflictCopy(name) }

// named reports whether name is a visible one that ends with the extension, or that of the placeholder of such a file
// that is only in the cloud.
func named(name, ext string) bool {
	if _, ok := iCloudPlaceholder(name, ext); ok {
		return true
	}
	return !hidden(name) && strings.EqualFold(filepath.Ext(name), ext)
}

// files turns the entries of a folder into Files. folder is "" or ends with a slash. All names share one string
// and all tags another one, which saves an allocation for each file; tags are kept for a shorter time.
func files(folder, ext string, entries []dir.Entry) []File {
	room := 0
	for _, e := range entries {
		room += len(folder) + len(e.Name)
	}
	var text, tags strings.Builder
	text.Grow(room)
	tags.Grow(len(entries) * stamp.UsualTag)
	all := make([]File, len(entries))
	for i, e := range entries {
		name := e.Name
		placeholder, away := iCloudPlaceholder(name, ext)
		if away {
			name = placeholder
		}
		at := text.Len()
		text.WriteString(folder)
		text.WriteString(name)
		file := File{Name: text.String()[at:], Problem: e.Err}
		switch {
		case away:
			file.Problem = ErrNotDownloaded
		case e.Err == nil:
			file.Tag, file.Written = e.TagIn(&tags), e.Written()
			file.Size, file.ModTime, file.Problem = e.Size, time.Unix(0, e.Modified), problem(e)
		}
		all[i] = file
	}
	return all
}

// problem returns why a file cannot be read as a pack, as far as that is known without opening it.
func problem(e dir.Entry) error {
	switch {
	case e.Mode&fs.ModeSymlink != 0:
		return errors.New("it is a symbolic link")
	case !e.Mode.IsRegular():
		return oserr.ErrNotRegular
	case conflictCopy(e.Name):
		return ErrConflictCopy
	case e.Away:
		return ErrNotDownloaded
	}
	return nil
}

// iCloudPlaceholder returns the name of the file that placeholder name stands for, if that ends with the extension.
// When older macOS moves the content of a file into the cloud, it leaves ".name.icloud" in its place.
func iCloudPlaceholder(name, ext string) (string, bool) {
	rest, ok := strings.CutSuffix(name, ".icloud")
	if !ok || !strings.HasPrefix(rest, ".") {
		return "", false
	}
	rest = rest[1:]
	return rest, strings.EqualFold(filepath.Ext(rest), ext)
}

// iCloudName returns the name of the placeholder that older macOS puts in the place of a file.
func iCloudName(name string) string { return "." + name + ".icloud" }

type content struct {
	*os.File
	size int64
}

func (c content) Size() int64 { return c.size }

// Open implements Transport. It never follows a symbolic link out of the folder, and never waits for a pipe.
func (f *Folder) Open(_ context.Context, name string) (Content, error) {
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return nil, f.unavailable(err)
	}
	defer root.Close()
	file, err := root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|oserr.OpenNow, 0)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = oserr.ErrNotRegular
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return content{file, info.Size()}, nil
}

// draft is a Draft that looks for the marker right before the rename, because the drive may have gone since
// Create.
//
// RACE: the folder can lose its marker between the check and the rename, a few microseconds. If the drive goes,
// the rename fails, because the temporary file went with it. If somebody empties the folder, the pack ends up
// in a folder without a marker, and Folders returns an error from then on.
type draft struct {
	*atomicfile.File
	folder *Folder
}

// Commit implements Draft.
func (d draft) Commit() error { return d.File.Commit(time.Time{}, d.folder.mounted) }

// CopyFrom implements Copier. Both files share the bytes if the file system can do that.
func (d draft) CopyFrom(c Content) error {
	from, ok := c.(content)
	if !ok {
		return d.File.CopyFrom(io.NewSectionReader(c, 0, c.Size()), c.Size())
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return d.File.CopyFrom(from.File, from.size)
}

// CommitIn implements Batcher.
func (d draft) CommitIn(b Batch) error { return d.File.CommitIn(b, time.Time{}, d.folder.mounted) }

// Dir implements Batcher.
func (d draft) Dir() string { return filepath.Dir(d.Target()) }

// Create implements Transport.
//
// RACE: the drive can go between the check and the making of the project's folder. Then an empty folder stays
// behind in the mount point, because Commit finds no marker and drops the draft.
func (f *Folder) Create(_ context.Context, name string) (Draft, error) {
	target, err := f.target(name)
	if err != nil {
		return nil, err
	}
	file, err := atomicfile.Create(target, 0o600)
	if err != nil {
		return nil, err
	}
	return draft{file, f}, nil
}

// Remove implements Remover.
//
// RACE: the drive can go between the check and the removal, and another one be mounted there, within a few
// microseconds. Then its file of that name goes, if it has one.
func (f *Folder) Remove(_ context.Context, name string) error {
	target, err := f.target(name)
	if err != nil {
		return err
	}
	return atomicfile.Remove(target)
}

// target returns the path of a file that is about to change.
func (f *Folder) target(name string) (string, error) {
	folder, base := path.Split(name)
	if folder = strings.TrimSuffix(folder, "/"); !plain(folder) || !plain(base) {
		return "", fmt.Errorf("%q is not a name for a file of a sync folder", name)
	}
	if err := f.mounted(); err != nil {
		return "", err
	}
	target := filepath.Join(f.dir, folder, base)
	if info, err := os.Lstat(filepath.Dir(target)); err == nil && !info.IsDir() {
		return "", fmt.Errorf("%q in the sync folder is not a folder", folder)
	}
	return target, nil
}

// SetAside implements Keeper: the new name is name.damaged, then name.damaged-2 and so on.
func (f *Folder) SetAside(_ context.Context, name string) (string, error) {
	target, err := f.target(name)
	if err != nil {
		return "", err
	}
	info, err := os.Lstat(target)
	if err != nil {
		return "", err
	}
	const mark = ".damaged"
	for n := 1; ; n++ {
		as := mark
		if n > 1 {
			as = fmt.Sprintf("%s-%d", mark, n)
		}
		if kept, err := os.Lstat(target + as); err == nil && os.SameFile(info, kept) {
			return name + as, nil // by a process that was killed before it gave the old name to another file
		}
		if err := atomicfile.Keep(target, target+as); !errors.Is(err, fs.ErrExist) {
			return name + as, err
		}
	}
}

// plain reports whether s is one element of a path, other than "." and "..".
func plain(s string) bool {
	return s != "" && s != "." && s != ".." && !strings.ContainsAny(s, `/\:`) && filepath.IsLocal(s)
}

// Sweep implements Sweeper. No draft is needed for more than a day.
func (f *Folder) Sweep(now time.Time) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return
	}
	atomicfile.Sweep(f.dir, now)
	for _, e := range entries {
		if e.IsDir() {
			atomicfile.Sweep(filepath.Join(f.dir, e.Name()), now)
		}
	}
}
