package syncer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/project"
)

// seen holds the sessions that a pull installed here. One of them that is gone was taken by Claude Code's
// retention (or by hand) and stays away until it is asked for; without this file it would come back once.
type seen struct {
	Version  int                                `json:"version"`
	Sessions map[project.Key][]ccsync.SessionID `json:"sessions"`
}

const seenVersion = 1

func (m *Machine) loadSeen() (seen, error) {
	s := seen{Version: seenVersion, Sessions: map[project.Key][]ccsync.SessionID{}}
	data, err := os.ReadFile(m.State)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err == nil && s.Version != seenVersion {
		err = fmt.Errorf("version %d is not known here", s.Version)
	}
	if err != nil {
		return s, &BrokenFileError{Path: m.State, Err: bare(err)}
	}
	if s.Sessions == nil {
		s.Sessions = map[project.Key][]ccsync.SessionID{}
	}
	for _, ids := range s.Sessions {
		slices.Sort(ids)
	}
	return s, nil
}

func (s seen) has(key project.Key, id ccsync.SessionID) bool {
	_, has := slices.BinarySearch(s.Sessions[key], id)
	return has
}

// remember adds sessions and writes the file when that changed it.
func (m *Machine) remember(came map[project.Key][]ccsync.SessionID) error {
	if len(came) == 0 {
		return nil
	}
	s, err := m.loadSeen()
	if err != nil {
		return err
	}
	changed := false
	for key, ids := range came {
		fresh := slices.DeleteFunc(ids, func(id ccsync.SessionID) bool { return s.has(key, id) })
		if len(fresh) > 0 {
			all := append(s.Sessions[key], fresh...)
			slices.Sort(all)
			s.Sessions[key] = slices.Compact(all)
			changed = true
		}
	}
	if !changed {
		return nil
	}
	data, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(m.State, append(data, '\n'))
}
