package project

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"claude-sync/syncer/internal/jsonfile"
)

// Upstream is the settings of the tool that claude-sync descends from, in ~/.claude-sync, so that init need not
// ask for them again. Only the keys are checked.
type Upstream struct {
	SyncDir string
	Machine string
	// Projects has the folders of each project, sorted. Two of upstream's keys may be one of ours. For a fixed
	// order of the projects, see Folders.
	Projects map[Key][]string
	// Skipped has the keys that are not valid here, sorted.
	Skipped []string
}

// Folders yields each folder with its project, sorted by project and path.
func (u Upstream) Folders() iter.Seq2[Key, string] {
	return func(yield func(Key, string) bool) {
		for _, key := range slices.Sorted(maps.Keys(u.Projects)) {
			for _, cwd := range u.Projects[key] {
				if !yield(key, cwd) {
					return
				}
			}
		}
	}
}

// ReadUpstream reads upstream's folder dir, and changes nothing there. Missing files and members leave their
// part of the result empty. So does an invalid file, and the error names it; the result still has the
// settings of the other file.
func ReadUpstream(dir string) (Upstream, error) {
	u := Upstream{Projects: make(map[Key][]string)}
	var config, projects map[string]json.RawMessage
	err := errors.Join(
		readObject(filepath.Join(dir, "config.json"), &config),
		readObject(filepath.Join(dir, "projects.json"), &projects))
	u.SyncDir = firstText(config, "syncDir", "syncdir", "sync_dir", "dir")
	u.Machine = firstText(config, "machineName", "machine", "machine_name", "name")
	// Upstream's README shows no such file, so both forms are accepted: flat, and wrapped beside a version.
	var inner map[string]json.RawMessage
	if json.Unmarshal(projects["projects"], &inner) == nil && inner != nil {
		projects = inner
	}
	for name, value := range projects {
		u.add(name, value)
	}
	slices.Sort(u.Skipped)
	return u, err
}

func (u *Upstream) add(name string, value json.RawMessage) {
	key, err := ParseKey(name)
	cwd := cwdOf(value)
	if err != nil || cwd == "" {
		u.Skipped = append(u.Skipped, name)
		return
	}
	if !slices.Contains(u.Projects[key], cwd) {
		u.Projects[key] = slices.Sorted(slices.Values(append(u.Projects[key], cwd)))
	}
}

// cwdOf reads a path, or the path in an object.
func cwdOf(value json.RawMessage) string {
	if cwd := text(value); cwd != "" {
		return cwd
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(value, &object) != nil {
		return ""
	}
	return firstText(object, "cwd", "path", "dir")
}

func firstText(object map[string]json.RawMessage, names ...string) string {
	for _, name := range names {
		if s := text(object[name]); s != "" {
			return s
		}
	}
	return ""
}

func text(value json.RawMessage) string {
	var s string
	if json.Unmarshal(value, &s) != nil {
		return ""
	}
	return s
}

func readObject(path string, into *map[string]json.RawMessage) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading upstream's settings: %w", err)
	}
	if err := jsonfile.Decode(data, into); err != nil {
		return fmt.Errorf("%s, %w", path, err)
	}
	return nil
}
