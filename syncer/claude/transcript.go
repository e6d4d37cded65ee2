package claude

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"claude-sync/syncer/ccsync"
)

const transcriptExt = ".jsonl"

// Transcript is the file of one session, as it was when the directory was read.
type Transcript struct {
	ID      ccsync.SessionID
	Path    string
	Size    int64
	ModTime time.Time
	// Info is what os.Lstat said, for os.SameFile and the like.
	Info fs.FileInfo
}

// TranscriptPath returns where Claude Code on this machine keeps the session id of the working directory
// cwd. Neither the file nor its directory need exist; where cwd is gone the error wraps fs.ErrNotExist.
func (s Store) TranscriptPath(cwd string, id ccsync.SessionID) (string, error) {
	// The check is repeated here because this is where an id becomes a file name.
	if _, err := ccsync.ParseSessionID(string(id)); err != nil {
		return "", err
	}
	dir, err := s.ProjectDir(cwd)
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, string(id)+transcriptExt), nil
}

// Transcripts returns the sessions that Claude Code keeps for the working directory cwd, sorted by id: the
// regular files named <canonical id>.jsonl and nothing else (symbolic links and conflicted copies are not
// listed by Claude Code either). Empty files are among them; the caller decides. No directory means no
// sessions; where cwd itself is gone the error wraps fs.ErrNotExist.
func (s Store) Transcripts(cwd string) ([]Transcript, error) {
	dir, err := s.ProjectDir(cwd)
	if err != nil {
		return nil, err
	}
	return transcriptsIn(dir)
}

func transcriptsIn(dir string) ([]Transcript, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing transcripts: %w", err)
	}
	var all []Transcript
	for _, e := range entries {
		if t, ok := transcript(dir, e); ok {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b Transcript) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

func transcript(dir string, e fs.DirEntry) (Transcript, bool) {
	name, ok := strings.CutSuffix(e.Name(), transcriptExt)
	if !ok {
		return Transcript{}, false
	}
	id, err := ccsync.ParseSessionID(name)
	if err != nil {
		return Transcript{}, false
	}
	// A file may vanish between the listing and this look: retention, or a session that moved.
	info, err := e.Info()
	if err != nil || !info.Mode().IsRegular() {
		return Transcript{}, false
	}
	return Transcript{ID: id, Path: filepath.Join(dir, e.Name()), Size: info.Size(), ModTime: info.ModTime(), Info: info}, true
}
