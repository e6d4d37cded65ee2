package claude

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"claude-sync/syncer/transcript"
)

// newestFew is how many transcripts of a directory are asked for their working directory. One would do if the
// newest had not all been pulled from other machines and not been continued here yet.
const newestFew = 5

// RecordedCwd is a working directory in which Claude Code was used, by its own records.
type RecordedCwd struct {
	// Cwd is the recorded path. It may be gone by now.
	Cwd string
	// ModTime is that of the newest transcript in its project directory.
	ModTime time.Time
}

// Cwds returns the working directories of the store's sessions, the most recently used first. A project
// directory's name cannot be decoded, so Cwds reads them from the newest transcripts and keeps those whose slug is
// that name; the others come from other machines. The caller checks that they exist. A project directory that
// cannot be read is left out.
func (s Store) Cwds() ([]RecordedCwd, error) {
	entries, err := os.ReadDir(s.projects())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing projects: %w", err)
	}
	var all []RecordedCwd
	for _, e := range entries {
		all = append(all, s.cwdsOf(e.Name())...)
	}
	slices.SortFunc(all, func(a, b RecordedCwd) int {
		return cmp.Or(b.ModTime.Compare(a.ModTime), cmp.Compare(a.Cwd, b.Cwd))
	})
	return all, nil
}

func (s Store) cwdsOf(name string) []RecordedCwd {
	transcripts, err := transcriptsIn(filepath.Join(s.projects(), name))
	if err != nil || len(transcripts) == 0 {
		return nil
	}
	slices.SortStableFunc(transcripts, func(a, b Transcript) int { return b.ModTime.Compare(a.ModTime) })
	var found []RecordedCwd
	for _, t := range transcripts[:min(len(transcripts), newestFew)] {
		for _, cwd := range recordedCwds(t) {
			known := slices.ContainsFunc(found, func(s RecordedCwd) bool { return s.Cwd == cwd })
			if !known && (Slug(cwd) == name || s.DirName == name) {
				found = append(found, RecordedCwd{Cwd: cwd, ModTime: transcripts[0].ModTime})
			}
		}
	}
	return found
}

// recordedCwds returns the working directories that a transcript names, none if it cannot be read.
func recordedCwds(t Transcript) []string {
	f, err := os.Open(t.Path)
	if err != nil {
		return nil
	}
	defer f.Close()
	cwds, err := transcript.RecordedCwds(f, t.Size)
	if err != nil {
		return nil
	}
	return cwds
}
