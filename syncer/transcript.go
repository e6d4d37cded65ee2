package syncer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/internal/rows"
)

// TranscriptError says that a transcript of this machine cannot be read.
type TranscriptError struct {
	Path string
	Err  error
}

// Error names the session and the reason.
func (e *TranscriptError) Error() string {
	return fmt.Sprintf("reading session %s: %v", strings.TrimSuffix(filepath.Base(e.Path), ".jsonl"), e.Err)
}

// Unwrap returns the reason.
func (e *TranscriptError) Unwrap() error { return e.Err }

// transcript is an open transcript as it was when it was opened: what is appended later is not part of
// it.
type transcript struct {
	path string
	file *os.File // nil when there is none on disk
	info fs.FileInfo
	cut  int64 // bytes up to the end of the last whole row

	aside string // the file's second name, "" when it has none
}

// openTranscript opens the transcript at path. While Claude Code has it open, its last row counts only
// with its newline; otherwise a last row without one counts when it is a complete object.
func openTranscript(path string, held bool) (*transcript, error) {
	file, err := os.Open(path)
	if err != nil {
		return &transcript{path: path}, &TranscriptError{Path: path, Err: bare(err)}
	}
	t := &transcript{path: path, file: file}
	if t.info, err = file.Stat(); err == nil && !t.info.Mode().IsRegular() {
		err = errors.New("it is not a regular file")
	}
	if err == nil {
		t.cut, err = t.wholeRows(held)
	}
	if err != nil {
		file.Close()
		return &transcript{path: path}, &TranscriptError{Path: path, Err: bare(err)}
	}
	return t, nil
}

// Close may be called on a transcript that is not on disk.
func (t *transcript) Close() {
	if t != nil && t.file != nil {
		t.file.Close()
		if t.aside != "" {
			os.Remove(t.aside)
		}
	}
}

// ReadAt implements io.ReaderAt and says of an error whose it is.
func (t *transcript) ReadAt(b []byte, off int64) (int, error) {
	n, err := t.file.ReadAt(b, off)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &TranscriptError{Path: t.path, Err: bare(err)}
	}
	return n, err
}

// all is every byte of it, whole is what may travel.
func (t *transcript) all() Local {
	if t.file == nil {
		return Local{bytes.NewReader(nil), 0}
	}
	return Local{t, t.info.Size()}
}

func (t *transcript) whole() Local {
	if t.file == nil {
		return Local{bytes.NewReader(nil), 0}
	}
	return Local{t, t.cut}
}

// wholeRows finds the end of the last row that Claude Code has finished writing.
func (t *transcript) wholeRows(held bool) (int64, error) {
	size := t.info.Size()
	start, err := lastNewline(t.file, size)
	if err != nil || start == size || held {
		return start, err
	}
	s := rows.NewScanner(io.NewSectionReader(t.file, start, size-start), "")
	if s.Next() && s.Row().Whole {
		return size, nil
	}
	return start, s.Err()
}

// lastNewline returns the offset behind the last newline, reading backwards.
func lastNewline(r io.ReaderAt, size int64) (int64, error) {
	const most = 64 << 10
	buf := make([]byte, min(size, 512)) // nearly always it is the last byte
	for end := size; end > 0; {
		part := buf[:min(end, int64(len(buf)))]
		if _, err := io.ReadFull(io.NewSectionReader(r, end-int64(len(part)), int64(len(part))), part); err != nil {
			return 0, err
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return end - int64(len(part)) + int64(i) + 1, nil
		}
		if end -= int64(len(part)); len(buf) < most {
			buf = make([]byte, most)
		}
	}
	return 0, nil
}

// errChanged says that a file is not any more what was decided on.
var errChanged = errors.New("it changed while it was being read; nothing was written")

// unchanged checks that the file at the transcript's path is still the one that was read, byte for byte
// as far as size, time and identity tell.
func (t *transcript) unchanged() error {
	now, err := os.Lstat(t.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && t.file == nil:
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return &TranscriptError{Path: t.path, Err: bare(err)}
	case err != nil || t.file == nil || !os.SameFile(now, t.info) || now.Size() != t.info.Size() || !now.ModTime().Equal(t.info.ModTime()):
		return &TranscriptError{Path: t.path, Err: errChanged}
	}
	return nil
}

// keepAside gives the file a second name where it cannot be replaced while it is open here. Replacing it is
// tried again for seconds there while others have it open, and these write it.
func (t *transcript) keepAside() {
	if replaceOpen || t.file == nil {
		return
	}
	if name, err := atomicfile.Aside(t.path); err == nil {
		t.aside = name
	}
}

// why says of an error that came up while the transcript was read that it is not any more what it was, where
// that is so: an end that came too early is nothing to tell anybody.
func (t *transcript) why(err error) error {
	if changed := t.unchanged(); changed != nil {
		return changed
	}
	return err
}

// letGo closes the file where it cannot be replaced while it is open.
func (t *transcript) letGo() {
	if !replaceOpen && t.file != nil {
		t.file.Close()
	}
}

// rescue brings rows into the new transcript that Claude Code appended to the old one between the last
// look at it and the rename: the old file is gone from the folder, but still open here, or has its second
// name. It reports whether there were any; then t is the old file with them.
//
// RACE: a kill in this moment loses them, and so does a file system without hard links (FAT) on Windows. A
// session that is open in Claude Code is not pulled over at all.
func (t *transcript) rescue() (late bool, err error) {
	if t.file == nil || !replaceOpen && t.aside == "" {
		return false, nil
	}
	if t.aside != "" {
		if t.file, err = os.Open(t.aside); err != nil {
			return false, &TranscriptError{Path: t.path, Err: bare(err)}
		}
	}
	info, err := t.file.Stat()
	if err != nil || info.Size() <= t.info.Size() {
		return false, err
	}
	rows, err := t.lateRows(info.Size())
	if err != nil {
		return false, err
	}
	if err := appendRows(t.path, rows); err != nil {
		return false, &TranscriptError{Path: t.path, Err: bare(err)}
	}
	t.info = info
	return true, nil
}

// lateRows returns the rows that were appended to the old file since it was opened. If it was opened in the
// middle of a row, they begin with all of that row: its first half stands in the new file, but not as a row.
func (t *transcript) lateRows(size int64) ([]byte, error) {
	from := t.info.Size()
	start, err := lastNewline(t, from)
	if err != nil {
		return nil, err
	}
	rows := make([]byte, size-start)
	if _, err := t.ReadAt(rows, start); err != nil {
		return nil, err
	}
	if tail := from - start; tail > 0 && rows[tail] == '\n' {
		return rows[tail+1:], nil // the row was whole, and is in the new file
	}
	return rows, nil
}

// appendRows adds whole rows to the file at path, behind a newline if the last row there has none.
func appendRows(path string, rows []byte) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Size() > 0 {
		var last [1]byte
		if _, err = f.ReadAt(last[:], info.Size()-1); last[0] != '\n' {
			rows = append([]byte{'\n'}, rows...)
		}
	}
	if err == nil {
		_, err = f.Write(rows)
	}
	return errors.Join(err, f.Sync(), f.Close())
}

// bare takes the path off an error that is wrapped with one already.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// label makes a name from a pack fit for a terminal, a menu and a file list: it is shown, nothing else.
func label(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.TrimSpace(s)
	if r := []rune(s); len(r) > 40 {
		s = string(r[:39]) + "…"
	}
	if s == "" {
		return "unnamed machine"
	}
	return s
}
