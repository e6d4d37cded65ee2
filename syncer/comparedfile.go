package syncer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/atomicfile"
)

// comparedMagic begins the file in which what was compared is kept, and names its version: a change of the
// file's form, or of what Relate finds, needs another one. Then come
//
//	the length of the contents, in four bytes
//	the contents: a text that says whose it is (machine, store and sync folder), the number of sections, and of
//	each the folder and the length
//	the CRC-32C of all that, in four bytes
//
// and the sections, one for each folder of packs and the transcripts that belong to it, to be read by itself:
//
//	the number of transcripts, and of each: folder, id, tag, title, cwd
//	the number of packs, and of each: folder, session id, rest of the name, tag, the header's
//	members, flags, title, and with flagRelated the number of its transcript, from 0, the relation, and
//	the size and the hashes of the beginning
//	the CRC-32C of that, in four bytes
//
// Numbers are varints. A text is 0, its length and its bytes where it stands for the first time, in the contents
// or in a section, and later the number, from 1, under which it stood there.
const comparedMagic = "claude-sync compared 3\n"

const (
	flagWhole = 1 << iota
	flagRelated
	flagHeld
)

// whose tells this machine's cache from any other.
func (m *Machine) whose() string {
	return m.Name + "\x00" + m.Store.Dir + "\x00" + m.Transport.String()
}

// comparedFile is the cache on disk. The zero value is an empty one.
type comparedFile struct {
	from     io.ReaderAt
	close    func() error    // nil when there is nothing to be closed
	sections map[string]span // by folder
}

// span is a part of a file.
type span struct{ from, size int64 }

// openCompared opens the cache. Whatever is wrong with it, it is as good as none.
func (m *Machine) openCompared() comparedFile {
	if m.Compared == "" {
		return comparedFile{}
	}
	c, size, err := openParts(m.Compared)
	if err != nil {
		return comparedFile{}
	}
	if c.sections, err = contentsOf(c.from, size, m.whose()); err != nil {
		c.done()
		return comparedFile{}
	}
	return c
}

// openParts opens a file to be read part by part. Windows replaces no file that anybody has open, and another look
// may want to replace this one before ours is done: there it is read at once.
func openParts(path string) (c comparedFile, size int64, err error) {
	if !replaceOpen {
		data, err := os.ReadFile(path)
		return comparedFile{from: bytes.NewReader(data)}, int64(len(data)), err
	}
	f, err := os.Open(path)
	if err != nil {
		return c, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return c, 0, err
	}
	return comparedFile{from: f, close: f.Close}, info.Size(), nil
}

func (c comparedFile) done() {
	if c.close != nil {
		_ = c.close()
	}
}

// section reads what is known of a folder, which is nothing when there is anything wrong with it.
func (c comparedFile) section(folder string) compared {
	at, ok := c.sections[folder]
	if !ok {
		return compared{}
	}
	data := make([]byte, at.size)
	if _, err := c.from.ReadAt(data, at.from); err != nil {
		return compared{}
	}
	known, err := decodeCompared(data)
	if err != nil {
		return compared{}
	}
	return known
}

// section is what is known of a folder now; its data is nil when that is what was known before.
type section struct {
	folder string
	data   []byte
}

// keepCompared writes the cache when it has changed. That it cannot be written is no reason to say anything: the
// next look reads more.
func (m *Machine) keepCompared(old comparedFile, now []section) {
	same := len(now) == len(old.sections)
	for _, s := range now {
		same = same && s.data == nil
	}
	if m.Compared == "" || same || atomicfile.MkdirAll(filepath.Dir(m.Compared), 0o700) != nil {
		return
	}
	f, err := atomicfile.Create(m.Compared, 0o600)
	if err != nil {
		return
	}
	defer f.Discard()
	if old.write(f, m.whose(), now) == nil {
		_ = f.Commit(time.Time{}, nil)
	}
}

func (c comparedFile) write(w io.Writer, whose string, now []section) error {
	contents := textWriter{seen: map[string]uint64{}}
	contents.text(whose)
	contents.number(uint64(len(now)))
	for _, s := range now {
		length := int64(len(s.data))
		if s.data == nil {
			length = c.sections[s.folder].size
		}
		contents.text(s.folder)
		contents.number(uint64(length))
	}
	head := binary.LittleEndian.AppendUint32([]byte(comparedMagic), uint32(len(contents.b)))
	if _, err := w.Write(sealed(append(head, contents.b...))); err != nil {
		return err
	}
	for _, s := range now {
		var from io.Reader = bytes.NewReader(s.data)
		if at := c.sections[s.folder]; s.data == nil {
			from = io.NewSectionReader(c.from, at.from, at.size)
		}
		if _, err := io.Copy(w, from); err != nil {
			return err
		}
	}
	return nil
}

// contentsOf finds the sections of a cache of size bytes.
func contentsOf(r io.ReaderAt, size int64, whose string) (map[string]span, error) {
	const fixed = len(comparedMagic) + 4
	var head [fixed]byte
	if _, err := r.ReadAt(head[:], 0); err != nil || string(head[:len(comparedMagic)]) != comparedMagic {
		return nil, errNotCompared
	}
	end := int64(fixed) + int64(binary.LittleEndian.Uint32(head[len(comparedMagic):])) + 4
	if end > size {
		return nil, errNotCompared
	}
	data := make([]byte, end)
	if _, err := r.ReadAt(data, 0); err != nil {
		return nil, errNotCompared
	}
	text, ok := unsealed(data)
	if !ok {
		return nil, errNotCompared
	}
	t := textReader{rest: string(text[fixed:])}
	if t.text() != whose {
		return nil, errNotCompared
	}
	n := t.count()
	sections := make(map[string]span, n)
	for range n {
		folder, length := t.text(), t.number()
		if length > uint64(size-end) {
			return nil, errNotCompared
		}
		sections[folder] = span{end, int64(length)}
		end += int64(length)
	}
	if t.bad || t.rest != "" || end != size || len(sections) != n {
		return nil, errNotCompared
	}
	return sections, nil
}

// sealed is a text with its CRC-32C behind it.
func sealed(text []byte) []byte {
	return binary.LittleEndian.AppendUint32(text, crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)))
}

// unsealed takes the sum off a text again; false when it is not the text's.
func unsealed(data []byte) (text []byte, ok bool) {
	n := len(data) - 4
	if n < 0 || crc32.Checksum(data[:n], crc32.MakeTable(crc32.Castagnoli)) != binary.LittleEndian.Uint32(data[n:]) {
		return nil, false
	}
	return data[:n], true
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

func encodeCompared(c compared) []byte {
	w := textWriter{seen: map[string]uint64{}}
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
	return sealed(w.b)
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

func decodeCompared(data []byte) (compared, error) {
	var c compared
	text, ok := unsealed(data)
	if !ok {
		return c, errNotCompared
	}
	r := textReader{rest: string(text), texts: make([]string, 0, len(text)/32)}
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
