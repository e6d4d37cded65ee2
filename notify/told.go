package notify

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Told is the memory of what was told. The zero Told is empty. Its JSON form, version 1, is
//
//	{"version":1,"told":{"conflict 9f2c…":{"of":"<what exactly>","at":1795000000}}}
//
// with one member for each thing that can be told of. Members that a later version adds inside are ignored,
// another version is refused. A Told never changes: Decide returns a new one.
type Told struct {
	marks map[string]mark
}

// mark says of one thing what was last told, and when.
type mark struct {
	Of string `json:"of,omitempty"`
	At int64  `json:"at"` // Unix seconds
}

const (
	toldVersion = 1
	// maxMarks bounds the file to some 200 kB, far above what a person can be told.
	maxMarks = 1000
	// maxKey bounds what a hostile label or path can put into it.
	maxKey = 300
	// memory is how long something is remembered that was not seen again since. It is longer than any
	// pack's flicker and any holiday.
	memory = 90 * 24 * time.Hour
)

type toldFile struct {
	Version int             `json:"version"`
	Told    map[string]mark `json:"told"`
}

// ParseTold reads what Bytes wrote. With an error it returns an empty Told, with which a program can go
// on: the worst is that something is told once more.
func ParseTold(data []byte) (Told, error) {
	var f toldFile
	if err := json.Unmarshal(data, &f); err != nil {
		return Told{}, fmt.Errorf("memory of notifications: %w", err)
	}
	if f.Version != toldVersion {
		return Told{}, fmt.Errorf("memory of notifications: version %d is not known here", f.Version)
	}
	t := Told{marks: map[string]mark{}}
	for key, m := range f.Told {
		if len(key) <= maxKey && len(m.Of) <= maxKey {
			t.marks[key] = m
		}
	}
	t.shrink()
	return t, nil
}

// Bytes is the Told for a file. Equal ones have equal bytes.
func (t Told) Bytes() []byte {
	// Marshal sorts the keys; it cannot fail on these types.
	data, _ := json.Marshal(toldFile{Version: toldVersion, Told: t.clone().marks})
	return append(data, '\n')
}

// clone is the copy that one Decide writes into.
func (t Told) clone() Told {
	marks := maps.Clone(t.marks)
	if marks == nil {
		marks = map[string]mark{}
	}
	return Told{marks: marks}
}

// forget drops what is old. A mark from the future, by a clock that was wrong, is kept.
func (t Told) forget(now time.Time) {
	maps.DeleteFunc(t.marks, func(_ string, m mark) bool { return now.Sub(time.Unix(m.At, 0)) > memory })
	t.shrink()
}

// arrivedKey begins the keys of arrivals.
const arrivedKey = "arrived "

// shrink drops the oldest beyond maxMarks; arrivals first, of which a morning can bring a thousand, and
// which matter least when they are told once more.
func (t Told) shrink() {
	if len(t.marks) <= maxMarks {
		return
	}
	keys := slices.SortedFunc(maps.Keys(t.marks), func(a, b string) int {
		return cmp.Or(arrivals(a)-arrivals(b), cmp.Compare(t.marks[b].At, t.marks[a].At), cmp.Compare(a, b))
	})
	for _, key := range keys[maxMarks:] {
		delete(t.marks, key)
	}
}

func arrivals(key string) int {
	if strings.HasPrefix(key, arrivedKey) {
		return 1
	}
	return 0
}

// of returns what was last told under key, "" when nothing was.
func (t Told) of(key string) string { return t.marks[fit(key)].Of }

func (t Told) has(key string) bool {
	_, ok := t.marks[fit(key)]
	return ok
}

func (t Told) at(key string) time.Time { return time.Unix(t.marks[fit(key)].At, 0) }

func (t Told) set(key, of string, now time.Time) {
	t.marks[fit(key)] = mark{Of: fit(of), At: now.Unix()}
}

func (t Told) drop(key string) { delete(t.marks, fit(key)) }

// keep makes a mark last that is still true, without changing the file at every look.
func (t Told) keep(key string, now time.Time) {
	if m, ok := t.marks[fit(key)]; ok && now.Sub(time.Unix(m.At, 0)) > memory/2 {
		t.marks[fit(key)] = mark{Of: m.Of, At: now.Unix()}
	}
}
