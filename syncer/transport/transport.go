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
