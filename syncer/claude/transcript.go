package claude

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/dir"
	"claude-sync/syncer/internal/stamp"
	"claude-sync/syncer/transcript"
)

const transcriptExt = ".jsonl"

// Transcript is the file of one session, as it was when the directory was read.
type Transcript struct {
	ID      ccsync.SessionID
	Path    string
	Size    int64
	ModTime time.Time
	// Tag changes whenever the content changes, except within two seconds after Written, the time at which the
	// file was written last.
	Tag     string
	Written time.Time
}

// Describe describes the transcript. See the function Describe.
func (t *Transcript) Describe() (transcript.Description, error) { return Describe(t.Path) }

// Dir is the folder that the file is in.
func (t Transcript) Dir() string {
	return t.Path[:len(t.Path)-len(transcriptExt)-len(t.ID)-len(string(filepath.Separator))]
}

// TranscriptPath returns where Claude Code on this machine keeps the session id of the working directory
// cwd. Neither the file nor its directory need exist; where cwd is gone the error wraps fs.ErrNotExist.
func (s Store) TranscriptPath(cwd string, id ccsync.SessionID) (string, error) {
	// The check is repeated because here an id becomes a file name.
	if _, err := ccsync.ParseSessionID(string(id)); err != nil {
		return "", err
	}
	dir, err := s.ProjectDir(cwd)
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, string(id)+transcriptExt), nil
}

// Describe describes the transcript at path from its first and last 64 KB. The contents are never an error; a
// failure to read them is.
func Describe(path string) (transcript.Description, error) {
	d, err := describe(path)
	if err != nil {
		return d, fmt.Errorf("describing transcript: %w", err)
	}
	return d, nil
}

func describe(path string) (d transcript.Description, err error) {
	f, err := os.Open(path)
	if err != nil {
		return d, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return d, err
	}
	if !info.Mode().IsRegular() { // a folder on Windows opens, and reads as if it were empty
		return d, fmt.Errorf("%#q is not a regular file", path)
	}
	return transcript.Describe(f, info.Size())
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

// Folders returns the project directories of the store, as paths, sorted. A store that is not there has none.
func (s Store) Folders() ([]string, error) {
	entries, err := os.ReadDir(s.projects())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing projects: %w", err)
	}
	var all []string
	for _, e := range entries {
		path := filepath.Join(s.projects(), e.Name())
		if e.IsDir() || e.Type()&fs.ModeSymlink != 0 && isDir(path) {
			all = append(all, path)
		}
	}
	slices.Sort(all)
	return all, nil
}

// Listing is one of the Folders and the names of the files in it that look like transcripts, as of one moment.
type Listing struct {
	folder string
	names  []string // sorted, each a session's id and the extension
}

// List lists one of the Folders.
func (s Store) List(folder string) (Listing, error) {
	names, err := dir.Names(folder, isTranscript)
	if err != nil {
		return Listing{}, fmt.Errorf("listing transcripts: %w", err)
	}
	return Listing{folder, names}, nil
}

// Len is how many files there are.
func (l Listing) Len() int { return len(l.names) }

// IDs yields the sessions' ids. Some may turn out to be none.
func (l Listing) IDs() iter.Seq[ccsync.SessionID] {
	return func(yield func(ccsync.SessionID) bool) {
		for _, name := range l.names {
			if !yield(ccsync.SessionID(strings.TrimSuffix(name, transcriptExt))) {
				return
			}
		}
	}
}

// Transcripts looks at the files, and returns the transcripts among them as Store.Transcripts does.
func (l Listing) Transcripts() ([]Transcript, error) {
	if len(l.names) == 0 {
		return nil, nil
	}
	entries, err := dir.Stat(l.folder, l.names)
	return transcripts(l.folder, entries, err)
}

// isTranscript reports whether a file's name is that of a transcript.
func isTranscript(name string) bool {
	base, ok := strings.CutSuffix(name, transcriptExt)
	if !ok {
		return false
	}
	_, err := ccsync.ParseSessionID(base)
	return err == nil
}

// TranscriptIn returns the session id in one of the Folders, as Transcripts does; false if it is not there.
func (s Store) TranscriptIn(folder string, id ccsync.SessionID) (Transcript, bool) {
	path := filepath.Join(folder, string(id)+transcriptExt)
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return Transcript{}, false
	}
	is := stamp.Of(info)
	return Transcript{ID: id, Path: path, Size: info.Size(), ModTime: info.ModTime(), Tag: is.Tag(), Written: is.Written()}, true
}

// FolderOf returns the project directory of a working directory, whether that exists or is gone; gone tells which.
func (s Store) FolderOf(cwd string) (folder string, gone bool) {
	if folder, err := s.ProjectDir(cwd); err == nil {
		return folder, false
	}
	if s.DirName != "" {
		return filepath.Join(s.projects(), s.DirName), true
	}
	return filepath.Join(s.projects(), Slug(cwd)), true
}

// RecordedIn reports whether a session that was recorded in the working directory cwd may lie in the folder: cwd is
// an absolute path here, and the folder is its project directory.
func (s Store) RecordedIn(cwd, folder string) bool {
	if cwd == "" || !filepath.IsAbs(cwd) {
		return false
	}
	name := filepath.Base(folder)
	return name == Slug(cwd) || s.DirName == name
}

// Left returns the sessions that Claude Code kept for a working directory that is gone: those in its project
// directory that are not empty, except those of another directory with the same slug that is still there.
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
	entries, err := dir.Read(folder, isTranscript)
	return transcripts(folder, entries, err)
}

func transcripts(folder string, entries []dir.Entry, err error) ([]Transcript, error) {
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing transcripts: %w", err)
	}
	return pick(folder, entries), nil
}

// pick returns the transcripts among the entries of a folder that have their names. All paths are parts of one text, and all tags are parts of
// another that is dropped sooner: two allocations instead of two a session.
func pick(folder string, entries []dir.Entry) []Transcript {
	room := 0
	for _, e := range entries {
		room += len(folder) + 1 + len(e.Name)
	}
	var text, tags strings.Builder
	text.Grow(room)
	tags.Grow(len(entries) * stamp.UsualTag)
	all := make([]Transcript, 0, len(entries))
	for _, e := range entries {
		if e.Err != nil || !e.Mode.IsRegular() {
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
