// Package transport is what carries packs between machines: a place where each machine puts files that
// all the others can read.
//
// Folder is the one that comes with claude-sync: a folder which Syncthing, Dropbox, iCloud Drive,
// OneDrive or a USB stick carries. Others (an object store, a server) implement Transport and prove it
// with the suite in transporttest.
//
// A transport does not promise that what it lists is a pack, is whole, or is the newest there is:
// somebody else brings the files, in any order and at any time. It never changes or removes a file it
// did not write.
package transport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Extension is how every pack's name ends.
const Extension = ".ccsync"

// ErrNotDownloaded says that a file is known but its content is not on this machine yet.
var ErrNotDownloaded = errors.New("not yet downloaded")

// UnavailableError says that the place where packs are kept cannot be reached, or is not the one it was:
// a drive is not connected, a folder was moved or emptied. It is never the same as "no packs".
type UnavailableError struct {
	Place  string
	Reason string
}

// Error names the place and the reason.
func (e *UnavailableError) Error() string {
	return fmt.Sprintf("sync folder %s is not available: %s", e.Place, e.Reason)
}

// Transport is a place for packs. Implementations are safe for use by several goroutines.
type Transport interface {
	// Folders names the folders in which packs may stand, in order; "" is for those that stand in none. It
	// returns an *UnavailableError when the place itself cannot be seen.
	Folders(ctx context.Context) ([]string, error)

	// List returns every file that stands in one of the Folders where packs stand, in the order of names: none
	// when it has gone, and an *UnavailableError when the place itself has. One file that cannot be read, or a
	// folder that cannot, is a File with its Problem set, and never an error.
	List(ctx context.Context, folder string) ([]File, error)

	// Open returns the content of a file that List named. What is read stays the same until Close even
	// when the file is replaced meanwhile by renaming.
	Open(ctx context.Context, name string) (Content, error)

	// Create starts a new content for the file called name, two parts separated by one slash. Nobody sees
	// any of it before Commit, and after Commit all of it; a failure leaves the old content. On
	// Windows, Commit may fail while the old content is open. Create and Commit return an *UnavailableError if
	// the place has gone since it was listed: they never write into what was left of it.
	Create(ctx context.Context, name string) (Draft, error)

	// String names the place for people.
	String() string
}

// File is one file of a transport.
type File struct {
	Name    string // as Open takes it: the folder's and the file's, with a slash between them
	Size    int64  // bytes
	ModTime time.Time
	Problem error // why its content cannot be read, nil when it can

	// Tag is another one whenever the content is, and lets a caller remember what it found in it. "" says
	// that nothing tells. A tag of less than two seconds after Written may still stay the same.
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

// Draft is a file that nobody sees yet. After Commit, Discard does nothing. Several goroutines may call
// WriteAt at once, for parts that do not overlap.
type Draft interface {
	io.Writer
	io.WriterAt
	Commit() error
	Discard() error
}

// What follows are powers that a Transport or a Draft may have. syncer asks for them by their types and works
// without them, only slower or with less to say. The suite in transporttest tests those that it finds.

// Batcher is a Draft that can share the wait for the disk with other drafts: a push of many packs is as fast
// as the disk then, and not as slow as one wait after the other. An object store may upload in SyncSoon.
type Batcher interface {
	Draft

	// SyncSoon begins to make the content durable and returns at once. Nothing is written afterwards. It is
	// followed by Commit, CommitIn or Discard, which wait for it.
	SyncSoon()

	// Dir names the folder whose names become durable together, as Batch.Add takes it. It is the path of a folder
	// on this machine, or no path at all.
	Dir() string

	// CommitIn is Commit, except that the name need not be durable when it returns: a power cut may then leave
	// the old content under the name. If it is not durable, CommitIn gives b the function that makes it so.
	// After CommitIn, Discard does nothing.
	CommitIn(b Batch) error
}

// Batch gathers what is left to do until the names of many files are durable. Callers of CommitIn implement
// it.
type Batch interface {
	// Add has sync called once, after the last CommitIn, for all files whose Dir is dir. If dir was added
	// before, the first sync stands for both. The drafts may have been discarded by then. If sync fails, none
	// of these files counts as safe.
	Add(dir string, sync func() error)
}

// Copier is a Draft that can begin with the bytes of a file that is there already, faster than by reading and
// writing them: a file system may share the bytes, a server may copy them.
type Copier interface {
	Draft

	// CopyFrom writes all of c, which any transport may have opened, into an empty draft. Write goes on
	// behind it, and WriteAt may change it. After an error, the draft is only fit for Discard. c stays open
	// and keeps its content; nobody else calls CopyFrom with it meanwhile.
	CopyFrom(c Content) error
}

// Sweeper is a Transport in which a killed process may leave something behind.
type Sweeper interface {
	// Sweep removes the drafts that were neither committed nor discarded and, seen from now, are too old to
	// belong to a running process on any machine. It removes nothing else. What cannot be removed is left for
	// the next time.
	Sweep(now time.Time)
}

// Preparer is a Transport whose place has to be made and marked before it is used for the first time.
type Preparer interface {
	// Prepare makes the place, if need be, and marks it as one for packs. It changes nothing in a place that is
	// marked. Only a person's wish may lead to this call (init): a place that lost its mark may be a drive that
	// is not connected.
	Prepare() error
}

// Checker is a Transport that can be asked about its place, before anything is to be carried.
type Checker interface {
	// Marked reports whether the place has the mark by which it is known. Without it, Folders and Create
	// return an *UnavailableError.
	Marked() bool

	// Writable returns nil if packs can be written now, and else the reason. It tries that, and leaves nothing
	// behind. It does not ask for the mark.
	Writable() error

	// FreeSpace returns how many bytes can still be written; an error if that cannot be known.
	FreeSpace() (int64, error)
}
