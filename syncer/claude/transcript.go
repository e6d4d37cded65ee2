package claude

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
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

// Dir is the folder that the file is in.
func (t Transcript) Dir() string {
	return t.Path[:len(t.Path)-len(transcriptExt)-len(t.ID)-len(string(filepath.Separator))]
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

// Left returns the sessions that Claude Code kept for a working directory that is gone: those in its project
// directory that hold anything, but for those of another directory with the same slug that is still there.
func (s Store) Left(cwd string) ([]Transcript, error) {
	if s.DirName != "" {
		return nil, nil // all working directories have the same sessions
	}
	slug := Slug(cwd)
	all, err := transcriptsIn(filepath.Join(s.projects(), slug))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(t Transcript) bool {
		d, err := Describe(t.Path)
		other := err == nil && filepath.IsAbs(d.Cwd) && !samePath(d.Cwd, cwd) && Slug(d.Cwd) == slug && isDir(d.Cwd)
		return t.Size == 0 || other
	}), nil
}

func transcriptsIn(folder string) ([]Transcript, error) {
	entries, err := dir.Read(folder, func(name string) bool { return strings.HasSuffix(name, transcriptExt) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing transcripts: %w", err)
	}
	return transcripts(folder, entries), nil
}

// transcripts are those among a folder's entries. All of their paths are parts of one text, which is made once
// instead of for each, and so are their tags, which nobody keeps as long.
func transcripts(folder string, entries []dir.Entry) []Transcript {
	room := 0
	for _, e := range entries {
		room += len(folder) + 1 + len(e.Name)
	}
	var text, tags strings.Builder
	text.Grow(room)
	tags.Grow(len(entries) * stamp.UsualTag)
	all := make([]Transcript, 0, len(entries))
	for _, e := range entries {
		if _, err := ccsync.ParseSessionID(strings.TrimSuffix(e.Name, transcriptExt)); err != nil || e.Err != nil || !e.Mode.IsRegular() {
			continue
		}
		at := text.Len()
		text.WriteString(folder)
		text.WriteByte(filepath.Separator)
		text.WriteString(e.Name)
		path := text.String()[at:]
		id := ccsync.SessionID(path[len(folder)+1 : len(path)-len(transcriptExt)])
		all = append(all, Transcript{ID: id, Path: path, Size: e.Size, ModTime: time.Unix(0, e.Modified), Tag: e.TagIn(&tags), Written: e.Written()})
	}
	return all
}
