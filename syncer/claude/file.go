package claude

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/internal/rows"
	"claude-sync/syncer/transcript"
)

// ReadError says that a transcript of this machine cannot be read.
type ReadError struct {
	Path string
	Err  error
}

// Error names the session and the reason.
func (e *ReadError) Error() string {
	return fmt.Sprintf("reading session %s: %v", strings.TrimSuffix(filepath.Base(e.Path), transcriptExt), e.Err)
}

// Unwrap returns the reason.
func (e *ReadError) Unwrap() error { return e.Err }

// File is the open transcript of one session, as it was when it was opened: rows that are appended later are not
// part of it. It also stands for a transcript that is not there yet.
type File struct {
	path  string
	file  *os.File // nil if there is no transcript on disk
	info  fs.FileInfo
	whole int64 // bytes up to the end of the last whole row

	oldName string // the file's second name while it is replaced, "" if it has none
}

// OpenFile opens the transcript at path. If held, Claude Code has the session open, and a last row without a
// newline does not count as whole; otherwise it counts if it is a complete JSON object.
//
// Errors: *ReadError, which wraps fs.ErrNotExist if there is no transcript.
func OpenFile(path string, held bool) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, &ReadError{Path: path, Err: oserr.Bare(err)}
	}
	f := &File{path: path, file: file}
	if f.info, err = file.Stat(); err == nil && !f.info.Mode().IsRegular() {
		err = errors.New("it is not a regular file")
	}
	if err == nil {
		f.whole, err = f.wholeRows(held)
	}
	if err != nil {
		file.Close()
		return nil, &ReadError{Path: path, Err: oserr.Bare(err)}
	}
	return f, nil
}

// OpenOrNew is OpenFile for a session that is not held. If there is no transcript, the File has no rows and
// stands for the one that is going to be written.
func OpenOrNew(path string) (*File, error) {
	f, err := OpenFile(path, false)
	if oserr.Missing(err) {
		return &File{path: path}, nil
	}
	return f, err
}

// Close may be called on a nil File and on one that is not on disk.
func (f *File) Close() {
	if f != nil && f.file != nil {
		f.file.Close()
		if f.oldName != "" {
			os.Remove(f.oldName)
		}
	}
}

// Path is where the transcript is, or is going to be.
func (f *File) Path() string { return f.path }

// Exists reports whether the transcript was on disk when it was opened.
func (f *File) Exists() bool { return f.file != nil }

// ModTime is the modification time of a transcript that exists.
func (f *File) ModTime() time.Time { return f.info.ModTime() }

// Info describes a transcript that exists.
func (f *File) Info() fs.FileInfo { return f.info }

// ReadAt implements io.ReaderAt; its errors are *ReadError.
func (f *File) ReadAt(b []byte, off int64) (int, error) {
	n, err := f.file.ReadAt(b, off)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &ReadError{Path: f.path, Err: oserr.Bare(err)}
	}
	return n, err
}

// All is every byte of the transcript. A last row may be incomplete.
func (f *File) All() transcript.Local {
	if f.file == nil {
		return transcript.Local{ReaderAt: bytes.NewReader(nil)}
	}
	return transcript.Local{ReaderAt: f, Size: f.info.Size()}
}

// Whole is the whole rows of the transcript. Nothing else may travel.
func (f *File) Whole() transcript.Local {
	if f.file == nil {
		return transcript.Local{ReaderAt: bytes.NewReader(nil)}
	}
	return transcript.Local{ReaderAt: f, Size: f.whole}
}

// wholeRows finds the end of the last row that Claude Code has finished.
func (f *File) wholeRows(held bool) (int64, error) {
	size := f.info.Size()
	start, err := transcript.LastNewline(f.file, size)
	if err != nil || start == size || held {
		return start, err
	}
	s := rows.NewScanner(io.NewSectionReader(f.file, start, size-start))
	if s.Next() && s.Row().Whole {
		return size, nil
	}
	return start, s.Err()
}

// Unchanged checks that the file on disk is still the one that was read, as far as identity, size and time tell.
//
// Errors: *ReadError, which wraps oserr.ErrChanged if it is another one.
func (f *File) Unchanged() error {
	now, err := os.Lstat(f.path)
	switch {
	case oserr.Missing(err) && f.file == nil:
		return nil
	case err != nil && !oserr.Missing(err):
		return &ReadError{Path: f.path, Err: oserr.Bare(err)}
	case err != nil || f.file == nil || !os.SameFile(now, f.info) || now.Size() != f.info.Size() || !now.ModTime().Equal(f.info.ModTime()):
		return &ReadError{Path: f.path, Err: oserr.ErrChanged}
	}
	return nil
}

// Explain returns the error of Unchanged instead of err if the transcript changed while it was read: then an end
// that came too early is no fault of the file.
func (f *File) Explain(err error) error {
	if changed := f.Unchanged(); changed != nil {
		return changed
	}
	return err
}

// session reads the session's id off the path.
func (f *File) session() (ccsync.SessionID, error) {
	return ccsync.ParseSessionID(strings.TrimSuffix(filepath.Base(f.path), transcriptExt))
}
