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

// Notified remembers what a person was notified of. The zero Notified is empty. Its JSON form, version 1, is
//
//	{"version":1,"told":{"conflict 9f2c…":{"of":"<what exactly>","at":1795000000}}}
//
// with one member for each subject. Members that a later version adds inside are ignored; another version is
// refused. A Notified never changes: Decide returns a new one.
type Notified struct {
	marks map[string]mark
}

// mark is the last notification about one subject.
type mark struct {
	Of string `json:"of,omitempty"`
	At int64  `json:"at"` // Unix seconds
}

const (
	notifiedVersion = 1
	// maxMarks bounds the file to some 200 kB, far above what one person is ever notified of.
	maxMarks = 1000
	// maxKey bounds what a hostile label or path can put into the file.
	maxKey = 300
	// maxAge is how long a mark stays after its subject was last seen. It is longer than any flicker of a pack
	// and any holiday.
	maxAge = 90 * 24 * time.Hour
)

type notifiedFile struct {
	Version int             `json:"version"`
	Told    map[string]mark `json:"told"`
}

// ParseNotified reads the result of Bytes. With an error it returns an empty Notified, which can be used: at worst
// a person is notified of something once more.
func ParseNotified(data []byte) (Notified, error) {
	var f notifiedFile
	if err := json.Unmarshal(data, &f); err != nil {
		return Notified{}, fmt.Errorf("memory of notifications: %w", err)
	}
	if f.Version != notifiedVersion {
		return Notified{}, fmt.Errorf("memory of notifications: version %d is not known here", f.Version)
	}
	n := Notified{marks: map[string]mark{}}
	for key, m := range f.Told {
		if len(key) <= maxKey && len(m.Of) <= maxKey {
			n.marks[key] = m
		}
	}
	n.shrink()
	return n, nil
}

// Bytes returns the JSON form. Equal Notified have equal bytes.
func (n Notified) Bytes() []byte {
	// Marshal sorts the keys; it cannot fail on these types.
	data, _ := json.Marshal(notifiedFile{Version: notifiedVersion, Told: n.clone().marks})
	return append(data, '\n')
}

// clone returns a copy that a Decide may write into.
func (n Notified) clone() Notified {
	marks := maps.Clone(n.marks)
	if marks == nil {
		marks = map[string]mark{}
	}
	return Notified{marks: marks}
}

// expire drops old marks. A mark from the future, which a wrong clock made, is kept.
func (n Notified) expire(now time.Time) {
	maps.DeleteFunc(n.marks, func(_ string, m mark) bool { return now.Sub(time.Unix(m.At, 0)) > maxAge })
	n.shrink()
}

// arrivedKey begins the keys of arrivals.
const arrivedKey = "arrived "

// shrink drops the oldest marks beyond maxMarks. It drops arrivals first: one morning can bring a thousand, and a
// second notification about an arrival does the least harm.
func (n Notified) shrink() {
	if len(n.marks) <= maxMarks {
		return
	}
	keys := slices.SortedFunc(maps.Keys(n.marks), func(a, b string) int {
		return cmp.Or(arrivals(a)-arrivals(b), cmp.Compare(n.marks[b].At, n.marks[a].At), cmp.Compare(a, b))
	})
	for _, key := range keys[maxMarks:] {
		delete(n.marks, key)
	}
}

func arrivals(key string) int {
	if strings.HasPrefix(key, arrivedKey) {
		return 1
	}
	return 0
}

// last returns the content of the last notification about key, "" if there was none.
func (n Notified) last(key string) string { return n.marks[fit(key)].Of }

func (n Notified) has(key string) bool {
	_, ok := n.marks[fit(key)]
	return ok
}

func (n Notified) at(key string) time.Time { return time.Unix(n.marks[fit(key)].At, 0) }

func (n Notified) set(key, of string, now time.Time) {
	n.marks[fit(key)] = mark{Of: fit(of), At: now.Unix()}
}

func (n Notified) drop(key string) { delete(n.marks, fit(key)) }

// keep renews a mark whose subject is still true. It does so after half of maxAge only, because each look would
// otherwise change the file.
func (n Notified) keep(key string, now time.Time) {
	if m, ok := n.marks[fit(key)]; ok && now.Sub(time.Unix(m.At, 0)) > maxAge/2 {
		n.marks[fit(key)] = mark{Of: m.Of, At: now.Unix()}
	}
}
