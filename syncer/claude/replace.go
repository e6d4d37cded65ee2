package claude

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/transcript"
)

// HeldError says that Claude Code has the session open in process PID; PID is 0 if only the file's time tells.
type HeldError struct{ PID int }

// Error names the process.
func (e *HeldError) Error() string {
	if e.PID == 0 {
		return "Claude Code is writing the session"
	}
	return fmt.Sprintf("the session is open in Claude Code (process %d)", e.PID)
}

// Hint says what a person can do.
func (e *HeldError) Hint() string {
	return "leave the session in Claude Code first, then run the command again"
}

// Draft is a new content for a transcript. Nobody sees it before Commit.
type Draft struct {
	*atomicfile.File
	store Store
	old   *File
}

// Draft begins a new content for the transcript f. Either Commit or Discard must follow; Discard after Commit does
// nothing.
func (s Store) Draft(f *File) (*Draft, error) {
	to, err := atomicfile.Create(f.path, 0o600)
	if err != nil {
		return nil, err
	}
	return &Draft{File: to, store: s, old: f}, nil
}

// Replace replaces the transcript f by the content that fill writes. Right before, it checks that the file on disk
// is still f and that Claude Code has not opened the session meanwhile. The file's time becomes that of its last
// row, or exported if no row has one, but never so old that Claude Code would soon delete it.
//
// It reports whether rows came late: Claude Code appended them to f after the check. They stand in the new file
// behind the content of fill, and f has them too.
//
// Errors: *HeldError; *ReadError, which wraps oserr.ErrChanged if the file is another one by now.
func (s Store) Replace(f *File, exported time.Time, fill func(io.Writer) error) (late bool, err error) {
	d, err := s.Draft(f)
	if err != nil {
		return false, err
	}
	defer d.Discard()
	if err := fill(d); err != nil {
		return false, f.Explain(err)
	}
	return d.Commit(exported)
}

// Commit gives the draft its name, as Replace does.
func (d *Draft) Commit(exported time.Time) (late bool, err error) {
	arrival, err := d.Arrival(exported)
	if err != nil {
		return false, err
	}
	err = d.File.Commit(arrival, func() error {
		d.old.linkOld()
		if err := d.store.CheckNotHeld(d.old); err != nil {
			return err
		}
		if err := d.old.Unchanged(); err != nil { // last, because nothing may come between it and the rename
			return err
		}
		d.old.closeForReplace()
		return nil
	})
	if err != nil {
		return false, err
	}
	return d.old.appendLate()
}

// Arrival is the modification time for the draft: that of its last row, or exported if no row has one, see ArrivalTime.
func (d *Draft) Arrival(exported time.Time) (time.Time, error) {
	size, err := d.Size()
	if err != nil {
		return time.Time{}, err
	}
	last, ok := transcript.LastTime(d, size)
	if !ok {
		last = exported
	}
	return d.store.ArrivalTime(last), nil
}

// ArrivalTime returns the modification time for a transcript that was pulled, if last is the time of its last row
// (zero if unknown). Claude Code orders sessions by it, so the truth is best; but it is never in the future, and
// never older than half the retention, or Claude Code's next clean-up would delete the transcript.
func (s Store) ArrivalTime(last time.Time) time.Time {
	keep, _ := s.Retention() // the default if the settings cannot be read, which the doctor reports
	now := s.now()
	oldest := now.Add(-keep / 2)
	switch {
	case last.After(now):
		return now
	case last.Before(oldest):
		return oldest
	}
	return last
}

// CheckNotHeld checks that Claude Code does not have the session of f open now. A transcript that is not on disk
// is not held.
//
// Errors: *HeldError; an error of Live, because then some session is open and it may be this one.
func (s Store) CheckNotHeld(f *File) error {
	if f.file == nil {
		return nil
	}
	live, err := s.Live()
	if err != nil {
		return err
	}
	id, err := f.session()
	if err != nil {
		return err
	}
	held, ok := s.Held(Transcript{ID: id, Path: f.path, Size: f.info.Size(), ModTime: f.info.ModTime()}, live, s.now())
	if ok {
		return &HeldError{PID: held.PID}
	}
	return nil
}

// CopyOld adds all bytes of the old transcript to the draft, as long as it was when it was opened. The kernel copies
// them, or shares them if the file system can. It stops early, without an error, once stop returns true.
func (d *Draft) CopyOld(stop func() bool) error {
	if _, err := d.old.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	const part = 32 << 20
	for left := d.old.info.Size(); left > 0 && !stop(); left -= part {
		if err := d.CopyFrom(d.old.file, min(left, part)); err != nil {
			return err
		}
	}
	return nil
}

// CommitIn is Commit for a transcript that was not there, with the modification time arrival; the name becomes
// durable only with the batch.
func (d *Draft) CommitIn(b atomicfile.Adder, arrival time.Time) error {
	return d.File.CommitIn(b, arrival, d.old.Unchanged)
}

// linkOld gives the old file a second name if this system replaces no file that is open here. On such a system a
// replacement is tried again for seconds while other programs have the file open, and they write into it.
func (f *File) linkOld() {
	if oserr.ReplaceOpen || f.file == nil {
		return
	}
	if name, err := atomicfile.Aside(f.path); err == nil {
		f.oldName = name
	}
}

// closeForReplace closes the file if this system replaces no file that is open.
func (f *File) closeForReplace() {
	if !oserr.ReplaceOpen && f.file != nil {
		f.file.Close()
	}
}

// appendLate brings rows into the new transcript that Claude Code appended to the old one between the last check
// and the rename: the old file is gone from the folder, but is still open here, or has its second name. It
// reports whether there were any; then f is the old file with them.
//
// RACE: a kill in this moment loses them, and so does a file system without hard links (FAT) on Windows. A session
// that is open in Claude Code is not replaced at all.
func (f *File) appendLate() (late bool, err error) {
	if f.file == nil || !oserr.ReplaceOpen && f.oldName == "" {
		return false, nil
	}
	if f.oldName != "" {
		old, err := os.Open(f.oldName)
		if err != nil {
			os.Remove(f.oldName)
			f.oldName = ""
			return false, &ReadError{Path: f.path, Err: oserr.Bare(err)}
		}
		f.file = old
	}
	info, err := f.file.Stat()
	if err != nil || info.Size() <= f.info.Size() {
		return false, err
	}
	rows, err := f.lateRows(info.Size())
	if err != nil {
		return false, err
	}
	if err := appendRows(f.path, rows); err != nil {
		return false, &ReadError{Path: f.path, Err: oserr.Bare(err)}
	}
	f.info = info
	return true, nil
}

// lateRows returns the rows that were appended to the old file since it was opened. If it was opened in the
// middle of a row, they begin with all of that row: its first half stands in the new file, but not as a row.
func (f *File) lateRows(size int64) ([]byte, error) {
	from := f.info.Size()
	start, err := transcript.LastNewline(f, from)
	if err != nil {
		return nil, err
	}
	rows := make([]byte, size-start)
	if _, err := f.ReadAt(rows, start); err != nil {
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
