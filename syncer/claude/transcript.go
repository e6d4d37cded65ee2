package claude

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/dir"
	"claude-sync/syncer/internal/stamp"
)

const transcriptExt = ".jsonl"

// Transcript is the file of one session, as it was when the directory was read.
type Transcript struct {
	ID      ccsync.SessionID
	Path    string
	Size    int64
	ModTime time.Time
	// Tag is another one whenever the content is, but for one that was written less than two seconds after
	// Written, when the file was written last.
	Tag     string
	Written time.Time
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

func transcriptsIn(folder string) ([]Transcript, error) {
	entries, err := dir.Read(folder, func(name string) bool { return strings.HasSuffix(name, transcriptExt) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing transcripts: %w", err)
	}
	all := make([]Transcript, 0, len(entries))
	for _, e := range entries {
		if t, ok := transcript(folder, e); ok {
			all = append(all, t)
		}
	}
	return all, nil
}

func transcript(folder string, e dir.Entry) (Transcript, bool) {
	id, err := ccsync.ParseSessionID(strings.TrimSuffix(e.Name, transcriptExt))
	if err != nil || e.Err != nil || !e.Info.Mode().IsRegular() {
		return Transcript{}, false
	}
	s := stamp.Of(e.Info)
	return Transcript{ID: id, Path: folder + string(filepath.Separator) + e.Name, Size: s.Size, ModTime: e.Info.ModTime(), Tag: s.Tag(), Written: s.Written()}, true
}
