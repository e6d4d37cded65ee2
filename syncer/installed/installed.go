// Package installed remembers which sessions a pull brought to this machine: the file seen.json. If such a session
// is gone, Claude Code's retention took it (or a person did), and it stays away until it is asked for; without this
// record it would come back once.
//
// The record may be lost: then sessions that were swept come back once. It does not promise that a session which it
// names is still here.
package installed

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/internal/jsonfile"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/project"
)

// Record is the file at a path.
type Record string

// Sessions is what a Record holds.
type Sessions map[project.Key][]ccsync.SessionID // sorted

const version = 1

type file struct {
	Version  int      `json:"version"`
	Sessions Sessions `json:"sessions"`
}

// BrokenError says that the record cannot be understood. It is never replaced then.
type BrokenError struct {
	Path string
	Err  error
}

// Error names the file and the reason.
func (e *BrokenError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns the reason.
func (e *BrokenError) Unwrap() error { return e.Err }

// Hint says what a person can do.
func (e *BrokenError) Hint() string {
	return "mend the file, or move it away: then sessions that Claude Code has deleted here come back once"
}

// Load reads the record; if there is no file, it is empty.
//
// Errors: *BrokenError.
func (r Record) Load() (Sessions, error) {
	data, err := os.ReadFile(string(r))
	if errors.Is(err, fs.ErrNotExist) {
		return Sessions{}, nil
	}
	var f file
	if err == nil {
		err = jsonfile.Decode(data, &f)
	}
	if err == nil && f.Version != version {
		err = fmt.Errorf("version %d is not known here", f.Version)
	}
	if err != nil {
		return nil, &BrokenError{Path: string(r), Err: oserr.Bare(err)}
	}
	if f.Sessions == nil {
		f.Sessions = Sessions{}
	}
	for _, ids := range f.Sessions {
		slices.Sort(ids)
	}
	return f.Sessions, nil
}

// Has reports whether the session was installed for the project.
func (s Sessions) Has(key project.Key, id ccsync.SessionID) bool {
	_, has := slices.BinarySearch(s[key], id)
	return has
}

// Add adds sessions and writes the file if that changed it.
//
// Errors: *BrokenError; that the file cannot be written.
func (r Record) Add(more Sessions) error {
	if len(more) == 0 {
		return nil
	}
	s, err := r.Load()
	if err != nil {
		return err
	}
	changed := false
	for key, ids := range more {
		news := slices.DeleteFunc(slices.Clone(ids), func(id ccsync.SessionID) bool { return s.Has(key, id) })
		if len(news) > 0 {
			all := append(s[key], news...)
			slices.Sort(all)
			s[key] = slices.Compact(all)
			changed = true
		}
	}
	if !changed {
		return nil
	}
	data, err := json.MarshalIndent(file{version, s}, "", " ")
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(string(r), append(data, '\n'))
}
