// Package transport is what carries packs between machines: a place where each machine puts files that
// all the others can read.
//
// Folder is the one that comes with claude-sync: a folder which Syncthing, Dropbox, iCloud Drive,
// OneDrive or a USB stick carries. Others (an object store, a server) implement Transport and pass the suite
// in transporttest.
//
// A transport does not promise that a listed file is a pack, is whole, or is the newest version: a sync tool
// brings the files, in any order and at any time. A transport never changes or removes a file that it did not
// write; it takes the caller's word for that of a file that Remover removes.
package transport

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Extension is how every pack's name ends.
const Extension = ".ccsync"

// Machines is the folder of the machine files, which holds no packs. See package machines.
const Machines = "machines"

// MachineExtension is how every machine file's name ends.
const MachineExtension = ".json"

// FileName writes a machine's name so that every file system takes it and no two names become one, not even if
// upper and lower case are the same. A name that is not plain keeps its plain characters, for people, and gets
// eight digits of its hash.
func FileName(machine string) string {
	stem := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, strings.ToLower(machine))
	if stem == machine && stem != "" {
		return stem
	}
	sum := sha256.Sum256([]byte(machine))
	return fmt.Sprintf("%s~%x", stem, sum[:4])
}

// ErrNotDownloaded says that a file is known, but its content is not on this machine yet.
var ErrNotDownloaded = errors.New("not yet downloaded")

// UnavailableError says that the place for packs cannot be reached, or is not the same place as before: a drive
// is not connected, a folder was moved or emptied. A place without packs is no such error.
type UnavailableError struct {
	Place  string
	Reason string
	Silent bool // it does not answer, see package hang
}

// Error names the place and the reason.
func (e *UnavailableError) Error() string {
	return fmt.Sprintf("sync folder %s is not available: %s", e.Place, e.Reason)
}

// Transport is a place for packs. Implementations are safe for use by several goroutines.
type Transport interface {
	// Folders returns the names of the folders that may hold packs, sorted; "" stands for packs outside any
	// folder. Machines is never among them. It returns an *UnavailableError if the place cannot be reached or has
	// lost its mark.
	Folders(ctx context.Context) ([]string, error)

	// List returns the files of one of the Folders that may be packs, sorted by name; for the folder Machines, it
	// returns those that may be machine files. It returns no files if the folder is missing, and an
	// *UnavailableError if the place is. A file or a folder that cannot be read is a File with its Problem set, not
	// an error.
	List(ctx context.Context, folder string) ([]File, error)

	// Open returns the content of a file that List named. The content stays the same until Close, even if the
	// file is replaced by a rename meanwhile.
	Open(ctx context.Context, name string) (Content, error)

	// Create starts a new content for the file called name, which is a folder's and a file's name with one slash
	// between them. The new content is invisible until Commit, and then visible as a whole. After a failure
	// there is the old content, or all of the new. On Windows, Commit may fail while the old content is open.
	// Create and Commit return an *UnavailableError if the place has gone since it was listed, and write nothing
	// into an empty mount point.
	Create(ctx context.Context, name string) (Draft, error)

	// String names the place for people.
	String() string
}

// File is one file of a transport.
type File struct {
	Name    string // as Open takes it: the folder's and the file's name with a slash between them
	Size    int64  // bytes
	ModTime time.Time
	Problem error // why the content cannot be read, nil if it can

	// Tag changes whenever the content changes, so that callers can cache what they read under it. "" means
	// that changes cannot be seen. A change within two seconds after Written may leave the tag the same.
	Tag     string
	Written time.Time
}

// All lists every folder of a transport.
func All(ctx context.Context, t Transport) ([]File, error) {
	folders, err := t.Folders(ctx)
	if err != nil {
		return nil, err
	}
	var all []File
	for _, folder := range folders {
		files, err := t.List(ctx, folder)
		if err != nil {
			return nil, err
		}
		all = append(all, files...)
	}
	slices.SortFunc(all, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

// Content is a pack's bytes.
type Content interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// Draft is a new content that is still invisible. After Commit, Discard does nothing. Several goroutines may
// call WriteAt at once for parts that do not overlap.
type Draft interface {
	io.Writer
	io.WriterAt
	Commit() error
	Discard() error
}

// The interfaces below are optional powers of a Transport or a Draft. syncer looks for them with a type
// assertion, and works without them, only slower or with less information. The suite in transporttest tests
// each power that a transport has.

// Batcher is a Draft that can wait for the disk together with other drafts, which makes a push of many packs
// faster. An object store may begin its upload in SyncSoon.
type Batcher interface {
	Draft

	// SyncSoon begins to make the content durable and returns at once. The caller writes nothing afterwards,
	// and calls Commit, CommitIn or Discard, which wait until SyncSoon's work is done.
	SyncSoon()

	// Dir identifies the folder whose names become durable together; CommitIn passes it to Batch.Add. It is the
	// path of a folder on this machine, or no path at all.
	Dir() string

	// CommitIn is Commit, except that the name need not be durable yet: until then, a power cut may bring the old
	// content back. If the name is not durable, CommitIn gives b the function that makes it durable. After
	// CommitIn, Discard does nothing.
	CommitIn(b Batch) error
}

// Batch collects the functions that make the names of many files durable. Callers of CommitIn implement it.
type Batch interface {
	// Add has sync called once for all files whose Dir is dir, after the last CommitIn. If dir was added before,
	// only the first sync is called. The drafts may have been discarded by then. If sync fails, none of these
	// files counts as safe.
	Add(dir string, sync func() error)
}

// Copier is a Draft that can copy the bytes of an existing file faster than a caller who reads and writes them:
// a file system may share the bytes, a server may copy them.
type Copier interface {
	Draft

	// CopyFrom copies all of c into the draft, which is still empty. c may come from any transport, and stays
	// open and unchanged. Write then appends to the copy, and WriteAt may change it. After an error the draft
	// can only be discarded. Two calls with the same c must not run at once.
	CopyFrom(c Content) error
}

// Limiter is a Transport that may be bound in how long a file can be.
type Limiter interface {
	// Longest returns the size of the longest file that can be written, or 0 if there is no limit worth heeding.
	Longest() int64
}

// Sweeper is a Transport in which a killed process may leave drafts behind.
type Sweeper interface {
	// Sweep removes drafts that were neither committed nor discarded, if they are so old at the time now that no
	// running process on any machine can still need them. It removes nothing else. A draft that cannot be
	// removed is left for the next Sweep.
	Sweep(now time.Time)
}

// Remover is a Transport that can remove a file.
type Remover interface {
	// Remove removes the file called name, for all machines. The caller vouches that this machine wrote the file, or
	// that a sync tool made it of a file that this machine wrote; and that nothing is lost with it. No other file is
	// ever removed. Remove takes the same names as Create. It returns an *UnavailableError if the place has gone
	// since it was listed, and an error that wraps fs.ErrNotExist if there is no such file. On Windows, it may fail
	// while the content is open.
	Remove(ctx context.Context, name string) error
}

// Keeper is a Transport that can keep a damaged file, whose name a new one is to get.
type Keeper interface {
	// SetAside gives the file called name another name, which it returns, and makes that durable. No file has
	// the new name before, and neither Folders nor List ever names a file by it, so no machine reads it as a
	// pack. The file may keep its old name as well, until the next Commit for that. The content need not be
	// readable. If there is no such file, the error is an fs.ErrNotExist.
	SetAside(ctx context.Context, name string) (aside string, err error)
}

// Preparer is a Transport whose place must be made and marked before its first use.
type Preparer interface {
	// Prepare makes the place if it is missing, and marks it as a place for packs. It changes nothing in a marked
	// place. Only init may call it, when a person asks for it: a place that lost its mark may be the mount point
	// of a drive that is not connected.
	Prepare() error
}

// Checker is a Transport that can report on its place, for init and doctor.
type Checker interface {
	// Marked reports whether the place has its mark. Without the mark, Folders and Create return an
	// *UnavailableError.
	Marked() bool

	// Writable returns why no pack can be written now, or nil. To find out, it does with a file of its own all that
	// writing a pack takes, and leaves nothing behind. It does not look for the mark.
	Writable() error

	// FreeSpace returns how many bytes can still be written, or an error if that is unknown.
	FreeSpace() (int64, error)
}
