// Package machines is who takes part: the machine files in the sync folder, and this machine's own id.
//
// A machine is its id, 128 random bits that are made once and kept with the state. Its name is for people, and two
// machines may have been given the same one: by a copied configuration, by a reinstallation, by a default such as
// "fedora". The machine file of a name says whose it is, so the second machine goes on under another name.
//
// A machine file is machines/<name>.json in the sync folder, schema 1:
//
//	{
//	  "schema": 1,
//	  "id": "0123456789abcdef0123456789abcdef",
//	  "name": "desktop",
//	  "system": "linux",
//	  "version": "1.2.3",
//	  "lastSeen": "2026-11-02T09:15:00Z",
//	  "aliases": {"git:https://old/you/myapp.git": "git:https://new/you/myapp.git"}
//	}
//
// Readers ignore other members. Everybody who can write into the sync folder can write such a file, so each part is
// checked or cleaned, and nothing in it becomes a path.
//
// The package does not promise that a name stays a machine's: a sync tool may bring another machine's file later.
// It cannot tell a machine from a copy of its state folder, as on a cloned disk, because both have the same id. The
// id is not bound to the hardware: most such copies are a person's new computer, which should go on as the old one.
package machines

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/jsonfile"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
	"claude-sync/syncer/words"
)

const (
	schema    = 1
	fileLimit = 256 << 10 // bytes
	textLimit = 40        // characters of a system's or a version's name
)

// File is what a machine tells the others about itself.
type File struct {
	ID       string // 32 hexadecimal digits
	Name     string
	System   string // linux, windows or darwin
	Version  string // of claude-sync
	LastSeen time.Time
	Aliases  map[project.Key]project.Key // each key and the one that its project has now
}

// fileJSON is the form of a File on disk. Any lets one bad alias pass without the whole file.
type fileJSON struct {
	Schema   int            `json:"schema"`
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	System   string         `json:"system"`
	Version  string         `json:"version"`
	LastSeen string         `json:"lastSeen"`
	Aliases  map[string]any `json:"aliases"`
}

// errNoMachine says that a JSON file is not a machine file.
var errNoMachine = errors.New("not a machine file")

// newerError says that a file has a schema that this package does not know.
type newerError int

// Error names the schema.
func (e newerError) Error() string {
	return fmt.Sprintf("made by a newer claude-sync: schema %d, this one reads schema %d", int(e), schema)
}

// Hint says what a person can do.
func (newerError) Hint() string { return "update claude-sync on this machine" }

// decode reads a machine file.
func decode(data []byte) (File, error) {
	var version struct{ Schema int }
	if err := jsonfile.Decode(data, &version); err != nil {
		return File{}, err
	}
	if version.Schema != schema {
		return File{}, newerError(version.Schema)
	}
	var raw fileJSON
	if err := jsonfile.Decode(data, &raw); err != nil {
		return File{}, err
	}
	f := File{ID: raw.ID, Name: raw.Name, System: raw.System, Version: raw.Version, Aliases: aliases(raw.Aliases)}
	if seen, err := time.Parse(time.RFC3339, raw.LastSeen); err == nil && seen.Year() > 0 && seen.Year() <= 9999 {
		f.LastSeen = seen.UTC()
	}
	switch {
	case !validID(f.ID):
		return File{}, fmt.Errorf("%w: it has no id of 32 hexadecimal digits", errNoMachine)
	case f.Name == "" || f.Name != words.Machine(f.Name):
		return File{}, fmt.Errorf("%w: it has no name that is fit for a machine", errNoMachine)
	}
	return f.clean(), nil
}

// aliases drops everything that is not a key for another key.
func aliases(raw map[string]any) map[project.Key]project.Key {
	all := map[project.Key]project.Key{}
	for from, to := range raw {
		text, _ := to.(string)
		old, err := project.ParseKey(from)
		now, err2 := project.ParseKey(text)
		if err == nil && err2 == nil && old != now {
			all[old] = now
		}
	}
	return all
}

// clean makes the texts fit to be shown.
func (f File) clean() File {
	f.System, f.Version = words.Label(f.System, textLimit), words.Label(f.Version, textLimit)
	f.LastSeen = f.LastSeen.UTC().Truncate(time.Second)
	return f
}

// encode is the reverse of decode.
func (f File) encode() []byte {
	raw := fileJSON{schema, f.ID, f.Name, f.System, f.Version, f.LastSeen.Format(time.RFC3339), map[string]any{}}
	for from, to := range f.Aliases {
		raw.Aliases[string(from)] = string(to)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(raw) // texts, a number and maps of texts: there is nothing that JSON cannot hold
	return b.Bytes()
}

// news reports whether the file says anything that the other one of the same machine does not.
func (f File) news(had File) bool {
	const day = 24 * time.Hour
	return f.System != had.System || f.Version != had.Version || !maps.Equal(f.Aliases, had.Aliases) || f.LastSeen.Sub(had.LastSeen).Abs() >= day
}

// broken reports whether a file can never be read again, for a reason in its text.
func broken(err error) bool {
	var text *jsonfile.Error
	return errors.As(err, &text) || errors.Is(err, errNoMachine) || errors.Is(err, ccsync.ErrTruncated)
}

// Path is the name of the machine file of a machine in a transport. Windows reserves some names for devices, with
// any extension.
func Path(name string) string {
	base := transport.FileName(name)
	devices := []string{"con", "prn", "aux", "nul"}
	if slices.Contains(devices, base) || len(base) == 4 && (strings.HasPrefix(base, "com") || strings.HasPrefix(base, "lpt")) {
		base += "~"
	}
	return transport.Machines + "/" + base + transport.MachineExtension
}

// validID reports whether s is 128 bits as NewID writes them.
func validID(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == ""
}
