package syncer

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math"
	"os"
	"strings"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/atomicfile"
)

// comparedMagic begins the file in which what was compared is kept, and names its version: a change of the
// file's form, or of what Relate finds, needs another one. The rest is
//
//	a text that says whose it is: machine, store and sync folder
//	the number of transcripts, and of each: folder, id, tag, title, cwd
//	the number of packs, and of each: folder, session id, rest of the name, tag, the header's
//	members, flags, title, and with flagRelated the number of its transcript, from 0, the relation, and
//	the size and the hashes of the beginning
//	the CRC-32C of all that, in four bytes
//
// Numbers are varints. A text is 0, its length and its bytes where it stands for the first time, and later
// the number, from 1, under which it stood there.
const comparedMagic = "claude-sync compared 2\n"

const (
	flagWhole = 1 << iota
	flagRelated
	flagHeld
)

// whose tells this machine's cache from any other.
func (m *Machine) whose() string {
	return m.Name + "\x00" + m.Store.Dir + "\x00" + m.Transport.String()
}

// loadCompared reads the cache. Whatever is wrong with it, it is as good as none.
func (m *Machine) loadCompared() compared {
	if m.Compared == "" {
		return compared{}
	}
	var text strings.Builder
	f, err := os.Open(m.Compared)
	if err != nil {
		return compared{}
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		text.Grow(int(min(info.Size(), math.MaxInt32))) // at once: growing later would touch twice the memory
	}
	if _, err := io.Copy(&text, f); err != nil {
		return compared{}
	}
	c, err := decodeCompared(text.String(), m.whose())
	if err != nil {
		return compared{}
	}
	return c
}

// keepCompared writes the cache when it has changed. That it cannot be written is no reason to say
// anything: the next look reads more.
func (m *Machine) keepCompared(c *memory) {
	if m.Compared == "" || !c.changed() {
		return
	}
	_ = atomicfile.WriteFile(m.Compared, encodeCompared(c.new, m.whose()))
}

// castagnoli is the CRC-32C of a text.
func castagnoli(text string) uint32 {
	var block [4 << 10]byte // a conversion would copy all of the text
	table := crc32.MakeTable(crc32.Castagnoli)
	sum := uint32(0)
	for len(text) > 0 {
		n := copy(block[:], text)
		sum, text = crc32.Update(sum, table, block[:n]), text[n:]
	}
	return sum
}

// textWriter writes numbers and texts.
type textWriter struct {
	b    []byte
	seen map[string]uint64
}

func (w *textWriter) number(n uint64) { w.b = binary.AppendUvarint(w.b, n) }

func (w *textWriter) text(s string) {
	if n, ok := w.seen[s]; ok {
		w.number(n)
		return
	}
	w.seen[s] = uint64(len(w.seen) + 1)
	w.number(0)
	w.number(uint64(len(s)))
	w.b = append(w.b, s...)
}

func encodeCompared(c compared, whose string) []byte {
	w := textWriter{seen: map[string]uint64{}}
	w.b = append(w.b, comparedMagic...)
	w.text(whose)
	w.number(uint64(len(c.transcripts)))
	at := make(map[*knownTranscript]uint64, len(c.transcripts))
	for _, t := range c.transcripts {
		at[t] = uint64(len(at))
		for _, s := range []string{t.dir, string(t.id), t.tag, t.title, t.cwd} {
			w.text(s)
		}
	}
	w.number(uint64(len(c.packs)))
	for _, p := range c.packs {
		w.pack(p, at)
	}
	return binary.LittleEndian.AppendUint32(w.b, crc32.Checksum(w.b, crc32.MakeTable(crc32.Castagnoli)))
}

func (w *textWriter) pack(p *knownPack, at map[*knownTranscript]uint64) {
	h := p.header
	for _, s := range []string{p.folder, p.id, p.rest, p.tag, string(h.SessionID), h.ProjectKey, h.OriginalCwd, h.MachineName} {
		w.text(s)
	}
	w.number(uint64(h.ExportedAt))
	w.number(uint64(h.LineCount))
	n, related := at[p.to]
	flags := uint64(0)
	for flag, on := range map[uint64]bool{flagWhole: p.whole, flagRelated: related, flagHeld: p.held} {
		if on {
			flags |= flag
		}
	}
	w.number(flags)
	w.text(p.title)
	if related {
		for _, n := range []uint64{n, uint64(p.relation), uint64(p.size), p.ends, p.all.Hi, p.all.Lo} {
			w.number(n)
		}
	}
}

// errNotCompared says that a file is not this machine's cache, or is broken.
var errNotCompared = errors.New("not a cache of what was compared")

// textReader reads what a textWriter wrote. After an error it reads zeros.
type textReader struct {
	rest  string
	texts []string
	bad   bool
}

func (r *textReader) number() uint64 {
	var n uint64
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		c := r.rest[i]
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.rest = r.rest[i+1:]
			return n
		}
	}
	r.bad, r.rest = true, ""
	return 0
}

// count reads how many entries follow, which all take some bytes.
func (r *textReader) count() int {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *textReader) text() string {
	if n := r.number(); n > 0 {
		if n > uint64(len(r.texts)) {
			r.bad = true
			return ""
		}
		return r.texts[n-1]
	}
	n := r.count()
	s := r.rest[:n]
	r.rest = r.rest[n:]
	r.texts = append(r.texts, s)
	return s
}

func decodeCompared(data, whose string) (compared, error) {
	var c compared
	n := len(data) - 4
	if n < 0 || castagnoli(data[:n]) != binary.LittleEndian.Uint32([]byte(data[n:])) {
		return c, errNotCompared
	}
	rest, ok := strings.CutPrefix(data[:n], comparedMagic)
	r := textReader{rest: rest, texts: make([]string, 0, len(rest)/32)}
	if !ok || r.text() != whose {
		return c, errNotCompared
	}
	transcripts := make([]knownTranscript, r.count())
	c.transcripts = make([]*knownTranscript, len(transcripts))
	for i := range transcripts {
		t := &transcripts[i]
		t.dir, t.id = r.text(), ccsync.SessionID(r.text())
		t.tag, t.title, t.cwd = r.text(), r.text(), r.text()
		c.transcripts[i] = t
	}
	packs := make([]knownPack, r.count())
	c.packs = make([]*knownPack, len(packs))
	for i := range packs {
		r.pack(&packs[i], transcripts)
		c.packs[i] = &packs[i]
	}
	if r.bad || r.rest != "" {
		return compared{}, errNotCompared
	}
	return c, nil
}

func (r *textReader) pack(p *knownPack, transcripts []knownTranscript) {
	p.folder, p.id, p.rest, p.tag = r.text(), r.text(), r.text(), r.text()
	p.header = ccsync.Header{SessionID: ccsync.SessionID(r.text()), ProjectKey: r.text(), OriginalCwd: r.text(), MachineName: r.text(),
		ExportedAt: int64(r.number()), LineCount: int64(r.number())}
	flags := r.number()
	p.whole, p.held = flags&flagWhole != 0, flags&flagHeld != 0
	p.title = r.text()
	if flags&flagRelated == 0 {
		return
	}
	n := r.number()
	p.relation, p.size, p.ends = Relation(r.number()), int64(r.number()), r.number()
	p.all.Hi, p.all.Lo = r.number(), r.number()
	if p.relation < 0 || p.relation > Archived || n >= uint64(len(transcripts)) {
		r.bad = true
		return
	}
	p.to = &transcripts[n]
}
