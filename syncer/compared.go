package syncer

import (
	"path/filepath"
	"strings"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/stamp"
	"claude-sync/syncer/transport"
)

// compared is what former looks found out by reading, so that this one need not read what has not changed
// since: what transcripts and packs say of themselves, and how they stand to each other. It saves looks the
// reading, and nothing else: whatever is going to be replaced is read again. It may be lost at any time.
//
// An entry counts as long as the tags of all files that it came from are what they were. A file that was
// written within the last two seconds gets no entry, because it may be written again under the same tag.
type compared struct {
	transcripts map[transcriptName]*knownTranscript
	packs       map[string]*knownPack
}

// transcriptName is a transcript's path in two parts, of which the first is many transcripts' own.
type transcriptName struct {
	dir string
	id  ccsync.SessionID
}

type knownTranscript struct {
	transcriptName
	tag        string
	title, cwd string
}

type knownPack struct {
	name, tag string
	header    ccsync.Header
	whole     bool   // it was read to its end
	title     string // known only then
	// How the transcript to stands to it, nil when nobody asked; held says whether it was open then, which
	// decides about its last row.
	to       *knownTranscript
	held     bool
	relation Relation
}

func noneCompared() compared {
	return compared{transcripts: map[transcriptName]*knownTranscript{}, packs: map[string]*knownPack{}}
}

// memory is the cache in one look: what is known from before, and what will be known afterwards.
type memory struct {
	now      time.Time
	old, new compared
	learned  bool // something is new
}

func (m *memory) young(written time.Time) bool { return written.After(m.now.Add(-stamp.Coarse)) }

func nameOf(t claude.Transcript) transcriptName {
	return transcriptName{filepath.Dir(t.Path), t.ID}
}

// describe returns what a transcript says of itself.
func (m *memory) describe(t claude.Transcript) (title, cwd string, err error) {
	name, s := nameOf(t), stamp.Of(t.Info)
	tag := s.Tag()
	if k := m.old.transcripts[name]; k != nil && k.tag == tag {
		m.new.transcripts[name] = k
		return k.title, k.cwd, nil
	}
	d, err := claude.Describe(t.Path)
	if err == nil && !m.young(s.Written()) {
		m.learned = true
		m.new.transcripts[name] = &knownTranscript{name, tag, strings.Clone(d.Title), strings.Clone(d.Cwd)}
	}
	return d.Title, d.Cwd, err
}

// header returns a pack's header, which read reads.
func (m *memory) header(f transport.File, read func() (ccsync.Header, error)) (ccsync.Header, error) {
	if k := m.old.packs[f.Name]; k != nil && k.tag == f.Tag {
		m.new.packs[f.Name] = k
		return k.header, nil
	}
	h, err := read()
	if err == nil && f.Tag != "" && !m.young(f.Written) {
		m.learned = true
		m.new.packs[f.Name] = &knownPack{name: f.Name, tag: f.Tag, header: h}
	}
	return h, err
}

// title returns the title of a pack that read reads to its end.
func (m *memory) title(name string, read func() (string, error)) (string, error) {
	k := m.new.packs[name]
	if k != nil && k.whole {
		return k.title, nil
	}
	title, err := read()
	if err == nil && k != nil {
		m.learned = true
		k.whole, k.title = true, strings.Clone(title)
	}
	return title, err
}

// relation returns how the transcript at path stands to a pack, which read finds out.
func (m *memory) relation(s *Session, name string, read func() (Relation, error)) (Relation, error) {
	k, t := m.new.packs[name], m.new.transcripts[transcriptName{filepath.Dir(s.Path), s.ID}]
	held := s.Held != nil
	if k != nil && t != nil && k.to == t && k.held == held {
		return k.relation, nil
	}
	r, err := read()
	if k != nil {
		k.to = nil
	}
	if err == nil && k != nil && t != nil {
		m.learned = true
		k.to, k.held, k.relation = t, held, r
	}
	return r, err
}

// knows reports whether the transcript of s was read before as it is.
func (m *memory) knows(s *Session) bool {
	return m.new.transcripts[transcriptName{filepath.Dir(s.Path), s.ID}] != nil
}

// changed reports whether what is known now is not what was known before.
func (m *memory) changed() bool {
	return m.learned || len(m.new.transcripts) != len(m.old.transcripts) || len(m.new.packs) != len(m.old.packs)
}
