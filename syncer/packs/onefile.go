package packs

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/transcript"
	"claude-sync/syncer/transport"
)

// OpenFile returns a set of one pack that a person brought: its only pack is the open file. The file stays the
// caller's, who closes it after the last use of the set.
func OpenFile(f *os.File) (Set, error) {
	info, err := f.Stat()
	if err != nil {
		return Set{}, err
	}
	return Set{Transport: oneFile{f, info}}, nil
}

// WriteFile writes a pack of a transcript to a file, in one step. Tap is given the transcript's bytes.
func WriteFile(path string, h ccsync.Header, t transcript.Local, tap io.Writer) error {
	f, err := atomicfile.Create(path, 0o600)
	if err != nil {
		return err
	}
	defer f.Discard()
	if err := Write(f, h, t, tap); err != nil {
		return err
	}
	return f.Commit(time.Time{}, nil)
}

// Write writes a pack of a transcript to w. It reads the transcript twice, because a pipe cannot be patched and
// the number of lines stands before the lines.
func Write(w io.Writer, h ccsync.Header, t transcript.Local, tap io.Writer) error {
	var lines ccsync.LineCounter
	if _, err := io.Copy(&lines, t.Open()); err != nil {
		return err
	}
	h.LineCount = lines.Lines()
	e, err := ccsync.NewEncoder(w, h)
	if err != nil {
		return err
	}
	if _, err := io.CopyBuffer(io.MultiWriter(e, tap), t.Open(), make([]byte, 256<<10)); err != nil {
		return err
	}
	_, err = e.Close()
	return err
}

// oneFile is a transport of one open file.
type oneFile struct {
	file *os.File
	info os.FileInfo
}

// Folders implements transport.Transport.
func (m oneFile) Folders(context.Context) ([]string, error) { return []string{""}, nil }

// List implements transport.Transport.
func (m oneFile) List(context.Context, string) ([]transport.File, error) {
	return []transport.File{{Name: m.file.Name(), Size: m.info.Size(), ModTime: m.info.ModTime()}}, nil
}

// Open implements transport.Transport.
func (m oneFile) Open(context.Context, string) (transport.Content, error) {
	return oneFileContent(m), nil
}

// Create implements transport.Transport.
func (m oneFile) Create(context.Context, string) (transport.Draft, error) {
	return nil, errors.ErrUnsupported
}

// String implements transport.Transport.
func (m oneFile) String() string { return m.file.Name() }

// oneFileContent is the content of the file.
type oneFileContent oneFile

// ReadAt implements io.ReaderAt.
func (c oneFileContent) ReadAt(b []byte, off int64) (int, error) { return c.file.ReadAt(b, off) }

// Size implements transport.Content.
func (c oneFileContent) Size() int64 { return c.info.Size() }

// Close leaves the file open, because it is the caller's.
func (c oneFileContent) Close() error { return nil }
