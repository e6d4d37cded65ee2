package machines

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/internal/jsonfile"
)

// Self is what a machine remembers about itself.
type Self struct {
	ID   string // "" if none was made yet
	Wish string // the name that the person chose, when Name was found
	Name string // that the machine went by
}

// NewID makes an id.
func NewID() string {
	var bits [16]byte
	_, _ = rand.Read(bits[:]) // it never fails
	return hex.EncodeToString(bits[:])
}

// NameFor returns the name that the machine went by when the person's wish was this one, else the wish.
func (s Self) NameFor(wish string) string {
	if s.Wish == wish && s.Name != "" {
		return s.Name
	}
	return wish
}

// Record is the file at a path that holds a Self.
type Record string

const recordVersion = 1

type recordJSON struct {
	Version int    `json:"version"`
	ID      string `json:"id"`
	Wish    string `json:"wish"`
	Name    string `json:"name"`
}

// Load reads the record. Without a file, Self has no id. A file that cannot be understood is an error: a new id
// would make another machine of this one.
func (r Record) Load() (Self, error) {
	data, err := os.ReadFile(string(r))
	if errors.Is(err, fs.ErrNotExist) {
		return Self{}, nil
	}
	var raw recordJSON
	if err == nil {
		err = jsonfile.Decode(data, &raw)
	}
	switch {
	case err != nil:
		return Self{}, err
	case raw.Version != recordVersion:
		return Self{}, fmt.Errorf("version %d is not known here", raw.Version)
	case !validID(raw.ID):
		return Self{}, errors.New("the id is not of 32 hexadecimal digits")
	}
	return Self{raw.ID, raw.Wish, raw.Name}, nil
}

// Save writes the record.
func (r Record) Save(s Self) error {
	data, err := json.MarshalIndent(recordJSON{recordVersion, s.ID, s.Wish, s.Name}, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(string(r), append(data, '\n'))
}

// TakenError says that another machine has a name in the sync folder.
type TakenError struct {
	Name string
	Uses string // the name under which this machine goes on, "" if it does not
	// System and LastSeen are what its machine file says; they are empty if that cannot be read.
	System   string
	LastSeen time.Time
}

// Error names both.
func (e *TakenError) Error() string {
	text := fmt.Sprintf("another machine has the name %s in this sync folder", e.Name)
	if !e.LastSeen.IsZero() {
		text += fmt.Sprintf(" (%s, last seen %s)", cmp.Or(e.System, "system unknown"), e.LastSeen.Local().Format(time.DateOnly))
	}
	if e.Uses != "" {
		text += "; this one goes on as " + e.Uses
	}
	return text
}

// Hint says what a person can do.
func (e *TakenError) Hint() string {
	text := "claude-sync init --name <other>"
	if !e.LastSeen.IsZero() {
		text += "; or, if that is this very machine before it was installed anew: claude-sync init <sync folder> --name <name> --reinstalled"
	}
	return text
}
