// Package cache remembers what former scans found out by reading, so that a scan need not read what has not changed:
// what transcripts and packs say of themselves, and how they relate.
//
// An entry counts as long as the tags of all files that it came from are the same. A file that was written within
// the last two seconds gets no entry, because it may be written again under the same tag.
//
// The cache saves reading and decides nothing: whatever is going to be replaced is read again. It may be lost at any
// time. It does not promise that an entry is true after somebody forged a file's size and times.
package cache

import (
	"slices"
	"strings"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/fingerprint"
	"claude-sync/syncer/internal/stamp"
	"claude-sync/syncer/transcript"
)

// Entries is what is known about one folder of packs and the transcripts that belong to it. Both lists are in the
// order in which a scan meets the files, so that the next scan finds most of its entries one after the other.
type Entries struct {
	transcripts []*Transcript
	packs       []*Pack
}

// Transcript is the entry of a transcript.
type Transcript struct {
	transcriptName
	tag   string
	Title string
	// Cwd, LastCwd and Empty are those of transcript.Description.
	Cwd, LastCwd string
	Empty        bool
	lines        int64 // plus one; 0 if they were not counted
	// Unsettled says that the entry is only compared with former ones, and is not kept.
	Unsettled bool
}

// transcriptName is a transcript's path in two parts. Many transcripts share the first.
type transcriptName struct {
	dir string
	id  ccsync.SessionID
}

// Pack is the entry of a pack.
type Pack struct {
	packName
	tag      string
	header   ccsync.Header
	complete bool   // it was read to its end
	title    string // known only then
	// relations are those to the transcripts that the pack was compared with: most often one, several if the session
	// has copies.
	relations []relation
}

// relation is how a pack relates to a transcript. Open says whether the session was open then, which decides about the
// transcript's last row.
type relation struct {
	to       *Transcript
	open     bool
	standing Standing
}

// packName is a pack's name in three parts. Most often only the second, the session, is its own.
type packName struct{ folder, id, rest string }

func splitName(name string) packName {
	slash := strings.LastIndexByte(name, '/') + 1
	id := min(slash+36, len(name))
	return packName{name[:slash], name[slash:id], name[id:]}
}

// Standing is how a transcript relates to a pack. If the pack holds the transcript's beginning, Base is the
// fingerprint of that.
type Standing struct {
	Relation  transcript.Relation
	Rewritten bool // see transcript.Comparison
	Base      fingerprint.Fingerprint
}

// Scan is the cache in one scan of one folder: the entries from before, and those of this scan.
type Scan struct {
	now   time.Time
	old   Entries
	new   Entries
	dirty bool // an entry is new

	transcripts finder[transcriptName, *Transcript]
	packs       finder[packName, *Pack]
}

// NewScan begins a scan at now, before any file was looked at, with the entries from before.
func NewScan(now time.Time, old Entries) *Scan {
	s := &Scan{now: now, old: old}
	s.transcripts = finder[transcriptName, *Transcript]{all: old.transcripts, name: func(t *Transcript) transcriptName { return t.transcriptName }}
	s.packs = finder[packName, *Pack]{all: old.packs, name: func(p *Pack) packName { return p.packName }}
	return s
}

// finder finds entries by their names: most often the next one, else by an index that is made then.
type finder[N comparable, E any] struct {
	all   []E
	name  func(E) N
	next  int
	index map[N]int
}

func (f *finder[N, E]) find(name N) (found E, ok bool) {
	if f.next < len(f.all) && f.name(f.all[f.next]) == name {
		f.next++
		return f.all[f.next-1], true
	}
	if f.index == nil {
		f.index = make(map[N]int, len(f.all))
		for i, e := range f.all {
			f.index[f.name(e)] = i
		}
	}
	i, ok := f.index[name]
	if !ok {
		return found, false
	}
	f.next = i + 1
	return f.all[i], true
}

// unsettled reports whether a file that was written at this time may be written again under the same tag.
func (s *Scan) unsettled(written time.Time) bool { return written.After(s.now.Add(-stamp.Coarse)) }

// Describe returns the entry of the transcript of session id in dir. Read describes the transcript if there is no
// entry; its error comes with an entry that is not kept.
func (s *Scan) Describe(dir string, id ccsync.SessionID, tag string, written time.Time, read func() (transcript.Description, error)) (*Transcript, error) {
	name := transcriptName{dir, id}
	if e, ok := s.transcripts.find(name); ok && e.tag == tag {
		s.new.transcripts = append(s.new.transcripts, e)
		return e, nil
	}
	d, err := read()
	if err != nil {
		return &Transcript{Unsettled: true}, err
	}
	e := &Transcript{transcriptName: name, tag: tag, Title: strings.Clone(d.Title), Cwd: strings.Clone(d.Cwd), LastCwd: strings.Clone(d.LastCwd),
		Empty: d.Empty, Unsettled: s.unsettled(written)}
	if !e.Unsettled {
		s.dirty = true
		s.new.transcripts = append(s.new.transcripts, e)
	}
	return e, nil
}

// Lines returns the number of lines of a transcript, which read counts if it is not known.
func (s *Scan) Lines(e *Transcript, read func() (int64, error)) (int64, error) {
	if e.lines > 0 {
		return e.lines - 1, nil
	}
	n, err := read()
	if err == nil && !e.Unsettled {
		s.dirty = true
		e.lines = n + 1
	}
	return n, err
}

// maxHeader bounds the texts of a header that is kept. A longer one is an attack on the memory.
const maxHeader = 16 << 10

// Header returns a pack's header, which read reads if there is no entry, and the entry; it is nil if the pack gets
// none.
func (s *Scan) Header(name, tag string, written time.Time, read func() (ccsync.Header, error)) (*Pack, ccsync.Header, error) {
	parts := splitName(name)
	if e, ok := s.packs.find(parts); ok && e.tag == tag {
		s.new.packs = append(s.new.packs, e)
		return e, e.header, nil
	}
	h, err := read()
	if err != nil || tag == "" || s.unsettled(written) || len(h.ProjectKey)+len(h.OriginalCwd)+len(h.MachineName) > maxHeader {
		return nil, h, err
	}
	s.dirty = true
	e := &Pack{packName: parts, tag: tag, header: h}
	s.new.packs = append(s.new.packs, e)
	return e, h, nil
}

// Title returns the title of a pack that read reads to its end, unless it was read before. The entry may be nil.
func (s *Scan) Title(e *Pack, read func() (string, error)) (string, error) {
	if e != nil && e.complete {
		return e.title, nil
	}
	title, err := read()
	if err == nil && e != nil {
		s.dirty = true
		e.complete, e.title = true, strings.Clone(title)
	}
	return title, err
}

// Relate returns how a transcript, open in Claude Code or not, relates to a pack. Read finds out if it is not known.
// If the pack is the same as before and the transcript may only have grown since, was is how they stood then. The
// pack's entry may be nil.
func (s *Scan) Relate(t *Transcript, p *Pack, open bool, read func(was Standing) (Standing, error)) (Standing, error) {
	if p == nil {
		return read(Standing{})
	}
	var was Standing
	at := -1 // the relation to the same file
	for i, r := range p.relations {
		if r.to == t && r.open == open {
			return r.standing, nil
		}
		if r.to.transcriptName == t.transcriptName {
			at = i
			if stamp.Grown(r.to.tag, t.tag) {
				was = r.standing
			}
		}
	}
	is, err := read(was)
	if at >= 0 {
		p.relations = slices.Delete(p.relations, at, at+1)
	}
	if err == nil && !t.Unsettled {
		s.dirty = true
		p.relations = append(p.relations, relation{t, open, is})
	}
	return is, err
}

// Section returns what the cache file is to hold of the folder after the scan; nil for nothing.
func (s *Scan) Section(folder string) *Section {
	changed := s.dirty || len(s.new.transcripts) != len(s.old.transcripts) || len(s.new.packs) != len(s.old.packs)
	switch {
	case len(s.new.transcripts)+len(s.new.packs) == 0:
		return nil
	case changed:
		return &Section{folder, encode(s.new)}
	}
	return &Section{folder: folder}
}
