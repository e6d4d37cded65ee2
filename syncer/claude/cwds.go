package claude

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// newestFew is how many transcripts of a directory are asked for their working directory. One would do,
// but the newest ones may all have been pulled from other machines and not continued here yet.
const newestFew = 5

// Seen is a working directory in which Claude Code was used, by its own records.
type Seen struct {
	// Cwd is the recorded path. It may be gone by now.
	Cwd string
	// ModTime is that of the newest transcript in its project directory.
	ModTime time.Time
}

// Cwds returns the working directories of the store's sessions, the most recently used first. A project
// directory's name cannot be decoded, so they are read from its newest transcripts, and only those count
// whose slug is that name: the others come from other machines. The caller checks that they exist. A
// project directory that cannot be read is left out.
func (s Store) Cwds() ([]Seen, error) {
	entries, err := os.ReadDir(s.projects())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing projects: %w", err)
	}
	var all []Seen
	for _, e := range entries {
		all = append(all, s.seenIn(e.Name())...)
	}
	slices.SortFunc(all, func(a, b Seen) int {
		return cmp.Or(b.ModTime.Compare(a.ModTime), cmp.Compare(a.Cwd, b.Cwd))
	})
	return all, nil
}

func (s Store) seenIn(name string) []Seen {
	transcripts, err := transcriptsIn(filepath.Join(s.projects(), name))
	if err != nil || len(transcripts) == 0 {
		return nil
	}
	slices.SortStableFunc(transcripts, func(a, b Transcript) int { return b.ModTime.Compare(a.ModTime) })
	var seen []Seen
	for _, t := range transcripts[:min(len(transcripts), newestFew)] {
		for _, cwd := range recordedCwds(t) {
			known := slices.ContainsFunc(seen, func(s Seen) bool { return s.Cwd == cwd })
			if !known && (Slug(cwd) == name || s.DirName == name) {
				seen = append(seen, Seen{Cwd: cwd, ModTime: transcripts[0].ModTime})
			}
		}
	}
	return seen
}

// recordedCwds returns every absolute path that the two ends of a transcript name as working directory.
// A pulled session that was continued here has the other machine's at its head and ours at its tail.
func recordedCwds(t Transcript) []string {
	f, err := os.Open(t.Path)
	if err != nil {
		return nil
	}
	defer f.Close()
	head, errHead := readAt(f, 0, min(t.Size, window))
	tail, errTail := readTail(f, t.Size, window)
	if errHead != nil || errTail != nil {
		return nil
	}
	var cwds []string
	for _, rows := range [][]byte{head, tail} {
		for line := range bytes.Lines(rows) {
			r := readRow(line)
			cwds = append(cwds, r.cwd, r.relocatedCwd)
		}
	}
	slices.Sort(cwds)
	return slices.DeleteFunc(slices.Compact(cwds), func(cwd string) bool { return !filepath.IsAbs(cwd) })
}
