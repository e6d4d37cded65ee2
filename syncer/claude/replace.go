package claude

import (
	"fmt"
	"io"
	"time"

	"claude-sync/syncer/internal/atomicfile"
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
