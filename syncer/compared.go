package syncer

import (
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
//
// Both lists are in the order in which a look meets the files, so that the next one finds most of its
// entries one after the other.
type compared struct {
	transcripts []*knownTranscript
	packs       []*knownPack
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
	young      bool // it is not kept, only compared with what was
}

// packName is a pack's name in three parts, of which most often only the second, the session, is its own.
type packName struct{ folder, id, rest string }

func splitName(name string) packName {
	slash := strings.LastIndexByte(name, '/') + 1
	id := min(slash+36, len(name))
	return packName{name[:slash], name[slash:id], name[id:]}
}

type knownPack struct {
	packName
	tag    string
	header ccsync.Header
	whole  bool   // it was read to its end
	title  string // known only then
	// How the transcript to stands to it, nil when nobody asked; held says whether it was open then, which
	// decides about its last row.
	to   *knownTranscript
	held bool
	standing
}

// memory is the cache in one look: what is known from before, and what will be known afterwards.
type memory struct {
	now      time.Time
	old, new compared
	learned  bool // something is new

	transcripts finder[transcriptName, *knownTranscript]
	packs       finder[packName, *knownPack]
}

func newMemory(now time.Time, old compared) *memory {
	m := &memory{now: now, old: old}
	m.transcripts = finder[transcriptName, *knownTranscript]{all: old.transcripts, name: func(t *knownTranscript) transcriptName { return t.transcriptName }}
	m.packs = finder[packName, *knownPack]{all: old.packs, name: func(p *knownPack) packName { return p.packName }}
	return m
}

// finder finds entries by their names: the next one, most often, else by an index that is made then.
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

func (m *memory) young(written time.Time) bool { return written.After(m.now.Add(-stamp.Coarse)) }

// describe returns what a transcript says of itself, or nothing but why it cannot be read.
func (m *memory) describe(t claude.Transcript) (*knownTranscript, error) {
	name := transcriptName{t.Dir(), t.ID}
	if k, ok := m.transcripts.find(name); ok && k.tag == t.Tag {
		m.new.transcripts = append(m.new.transcripts, k)
		return k, nil
	}
	d, err := claude.Describe(t.Path)
	if err != nil {
		return &knownTranscript{young: true}, err
	}
	k := &knownTranscript{name, t.Tag, strings.Clone(d.Title), strings.Clone(d.Cwd), m.young(t.Written)}
	if !k.young {
		m.learned = true
		m.new.transcripts = append(m.new.transcripts, k)
	}
	return k, nil
}

// header returns a pack's header, which read reads, and its entry, nil when it has none.
func (m *memory) header(f transport.File, read func() (ccsync.Header, error)) (*knownPack, ccsync.Header, error) {
	name := splitName(f.Name)
	if k, ok := m.packs.find(name); ok && k.tag == f.Tag {
		m.new.packs = append(m.new.packs, k)
		return k, k.header, nil
	}
	h, err := read()
	const plenty = 16 << 10 // for a header; a longer one is an attack on the memory
	if err != nil || f.Tag == "" || m.young(f.Written) || len(h.ProjectKey)+len(h.OriginalCwd)+len(h.MachineName) > plenty {
		return nil, h, err
	}
	m.learned = true
	k := &knownPack{packName: name, tag: f.Tag, header: h}
	m.new.packs = append(m.new.packs, k)
	return k, h, nil
}

// title returns the title of a pack that read reads to its end.
func (m *memory) title(k *knownPack, read func() (string, error)) (string, error) {
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

// relation returns how a transcript, open or not, stands to a pack, which read finds out. Read is told how
// it stood, when the pack is the same as then, and what it was then has only grown.
func (m *memory) relation(t *knownTranscript, k *knownPack, held bool, read func(was standing) (standing, error)) (standing, error) {
	if k == nil {
		return read(standing{})
	}
	if k.to == t && k.held == held {
		return k.standing, nil
	}
	var was standing
	if k.to != nil && k.to.transcriptName == t.transcriptName && stamp.Grown(k.to.tag, t.tag) {
		was = k.standing
	}
	s, err := read(was)
	k.to = nil
	if err == nil && !t.young {
		m.learned = true
		k.to, k.held, k.standing = t, held, s
	}
	return s, err
}

// changed reports whether what is known now is not what was known before.
func (m *memory) changed() bool {
	return m.learned || len(m.new.transcripts) != len(m.old.transcripts) || len(m.new.packs) != len(m.old.packs)
}
