package cache

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/transcript"
)

// magic begins the cache file and names its version: a change of the format, or of the results of
// transcript.Relate, needs another one. Then come
//
//	the length of the contents, in four bytes
//	the contents: a text that names the owner (machine, store and sync folder), the number of sections, and of
//	each the folder and the length
//	the CRC-32C of all that, in four bytes
//
// and the sections, one for each folder of packs and the transcripts that belong to it, to be read by itself:
//
//	the number of transcripts, and of each: folder, id, tag, title, cwd, last cwd, lines plus one (0: not counted),
//	and 1 if it is empty
//	the number of packs, and of each: folder, session id, rest of the name, tag, the header's
//	members, flags, title, the number of relations, and of each: the number of its transcript, from 0, 1 if the
//	session was open, 1 if a row was rewritten, the relation, and the size and the hashes of the beginning
//	the CRC-32C of that, in four bytes
//
// Numbers are varints. In the contents and in each section, a text is 0, its length and its bytes the first time,
// and later its number, counted from 1.
const magic = "claude-sync cache 6\n"

// File is the cache on disk. The zero value is an empty cache.
type File struct {
	from     io.ReaderAt
	close    func() error    // nil if there is nothing to close
	sections map[string]span // by folder
}

// span is a part of a file.
type span struct{ from, size int64 }

// Open opens the cache at path, "" for none. Owner tells this machine's cache from any other. A cache that is broken
// or somebody else's counts as empty.
func Open(path, owner string) File {
	if path == "" {
		return File{}
	}
	c, size, err := openParts(path)
	if err != nil {
		return File{}
	}
	if c.sections, err = contentsOf(c.from, size, owner); err != nil {
		c.Close()
		return File{}
	}
	return c
}

// openParts opens a file to be read part by part. It reads all of it at once if this system replaces no file that is
// open, because another scan may want to replace the cache before ours is done.
func openParts(path string) (c File, size int64, err error) {
	if !oserr.ReplaceOpen {
		data, err := os.ReadFile(path)
		return File{from: bytes.NewReader(data)}, int64(len(data)), err
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
	return File{from: f, close: f.Close}, info.Size(), nil
}

// Close closes the file.
func (c File) Close() {
	if c.close != nil {
		_ = c.close()
	}
}

// Entries reads the entries of a folder. If its section is broken, there are none.
func (c File) Entries(folder string) Entries {
	at, ok := c.sections[folder]
	if !ok {
		return Entries{}
	}
	data := make([]byte, at.size)
	if _, err := c.from.ReadAt(data, at.from); err != nil {
		return Entries{}
	}
	known, err := decode(data)
	if err != nil {
		return Entries{}
	}
	return known
}

// Count closes the file and returns how many transcripts and packs have entries, and how many packs are related to a
// transcript.
func (c File) Count() (transcripts, packs, related int) {
	defer c.Close()
	for folder := range c.sections {
		known := c.Entries(folder)
		for _, p := range known.packs {
			related += min(len(p.relations), 1)
		}
		transcripts, packs = transcripts+len(known.transcripts), packs+len(known.packs)
	}
	return transcripts, packs, related
}

// Section is what a cache file holds of one folder. Its data is nil if it is the same as before.
type Section struct {
	folder string
	data   []byte
}

// Save writes the sections to the cache at path, if they differ from those of c. A failure is not worth a word: the
// next scan reads more.
func (c File) Save(path, owner string, now []Section) {
	same := len(now) == len(c.sections)
	for _, s := range now {
		same = same && s.data == nil
	}
	if path == "" || same || atomicfile.MkdirAll(filepath.Dir(path), 0o700) != nil {
		return
	}
	f, err := atomicfile.Create(path, 0o600)
	if err != nil {
		return
	}
	defer f.Discard()
	if c.write(f, owner, now) == nil {
		_ = f.Commit(time.Time{}, nil)
	}
}

func (c File) write(w io.Writer, owner string, now []Section) error {
	contents := textWriter{seen: map[string]uint64{}}
	contents.text(owner)
	contents.number(uint64(len(now)))
	for _, s := range now {
		length := int64(len(s.data))
		if s.data == nil {
			length = c.sections[s.folder].size
		}
		contents.text(s.folder)
		contents.number(uint64(length))
	}
	head := binary.LittleEndian.AppendUint32([]byte(magic), uint32(len(contents.b)))
	if _, err := w.Write(withChecksum(append(head, contents.b...))); err != nil {
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
func contentsOf(r io.ReaderAt, size int64, owner string) (map[string]span, error) {
	const fixed = len(magic) + 4
	var head [fixed]byte
	if _, err := r.ReadAt(head[:], 0); err != nil || string(head[:len(magic)]) != magic {
		return nil, errNotCache
	}
	end := int64(fixed) + int64(binary.LittleEndian.Uint32(head[len(magic):])) + 4
	if end > size {
		return nil, errNotCache
	}
	data := make([]byte, end)
	if _, err := r.ReadAt(data, 0); err != nil {
		return nil, errNotCache
	}
	text, ok := checkChecksum(data)
	if !ok {
		return nil, errNotCache
	}
	t := textReader{rest: string(text[fixed:])}
	if t.text() != owner {
		return nil, errNotCache
	}
	n := t.count()
	sections := make(map[string]span, n)
	for range n {
		folder, length := t.text(), t.number()
		if length > uint64(size-end) {
			return nil, errNotCache
		}
		sections[folder] = span{end, int64(length)}
		end += int64(length)
	}
	if t.bad || t.rest != "" || end != size || len(sections) != n {
		return nil, errNotCache
	}
	return sections, nil
}

// withChecksum appends the CRC-32C of a text to it.
func withChecksum(text []byte) []byte {
	return binary.LittleEndian.AppendUint32(text, crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)))
}

// checkChecksum returns the text before its checksum; false if the checksum is wrong.
func checkChecksum(data []byte) (text []byte, ok bool) {
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

func encode(c Entries) []byte {
	w := textWriter{seen: map[string]uint64{}}
	w.number(uint64(len(c.transcripts)))
	at := make(map[*Transcript]uint64, len(c.transcripts))
	for _, t := range c.transcripts {
		at[t] = uint64(len(at))
		for _, s := range []string{t.dir, string(t.id), t.tag, t.Title, t.Cwd, t.LastCwd} {
			w.text(s)
		}
		w.number(uint64(t.lines))
		w.flag(t.Empty)
	}
	w.number(uint64(len(c.packs)))
	for _, p := range c.packs {
		w.pack(p, at)
	}
	return withChecksum(w.b)
}

func (w *textWriter) pack(p *Pack, at map[*Transcript]uint64) {
	h := p.header
	for _, s := range []string{p.folder, p.id, p.rest, p.tag, string(h.SessionID), h.ProjectKey, h.OriginalCwd, h.MachineName} {
		w.text(s)
	}
	w.number(uint64(h.ExportedAt))
	w.number(uint64(h.LineCount))
	w.flag(p.complete)
	w.text(p.title)
	kept := slices.DeleteFunc(slices.Clone(p.relations), func(r relation) bool { _, ok := at[r.to]; return !ok })
	w.number(uint64(len(kept)))
	for _, r := range kept {
		w.number(at[r.to])
		w.flag(r.open)
		w.flag(r.standing.Rewritten)
		base := r.standing.Base
		for _, n := range []uint64{uint64(r.standing.Relation), uint64(base.Size), base.Ends, base.All.Hi, base.All.Lo} {
			w.number(n)
		}
	}
}

// flag writes 1 for true.
func (w *textWriter) flag(on bool) {
	if on {
		w.number(1)
	} else {
		w.number(0)
	}
}

// errNotCache says that a file is not this machine's cache, or is broken.
var errNotCache = errors.New("not a cache of former scans")

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

func decode(data []byte) (Entries, error) {
	var c Entries
	text, ok := checkChecksum(data)
	if !ok {
		return c, errNotCache
	}
	r := textReader{rest: string(text), texts: make([]string, 0, len(text)/32)}
	transcripts := make([]Transcript, r.count())
	c.transcripts = make([]*Transcript, len(transcripts))
	for i := range transcripts {
		t := &transcripts[i]
		t.dir, t.id = r.text(), ccsync.SessionID(r.text())
		t.tag, t.Title, t.Cwd = r.text(), r.text(), r.text()
		t.LastCwd, t.lines, t.Empty = r.text(), int64(r.number()), r.number() == 1
		c.transcripts[i] = t
	}
	packs := make([]Pack, r.count())
	c.packs = make([]*Pack, len(packs))
	for i := range packs {
		r.pack(&packs[i], transcripts)
		c.packs[i] = &packs[i]
	}
	if r.bad || r.rest != "" {
		return Entries{}, errNotCache
	}
	return c, nil
}

func (r *textReader) pack(p *Pack, transcripts []Transcript) {
	p.folder, p.id, p.rest, p.tag = r.text(), r.text(), r.text(), r.text()
	p.header = ccsync.Header{SessionID: ccsync.SessionID(r.text()), ProjectKey: r.text(), OriginalCwd: r.text(), MachineName: r.text(),
		ExportedAt: int64(r.number()), LineCount: int64(r.number())}
	p.complete, p.title = r.number() == 1, r.text()
	p.relations = make([]relation, r.count())
	for i := range p.relations {
		p.relations[i] = r.relation(transcripts)
	}
}

func (r *textReader) relation(transcripts []Transcript) relation {
	n, open := r.number(), r.number() == 1
	is := Standing{Rewritten: r.number() == 1, Relation: transcript.Relation(r.number())}
	is.Base.Size, is.Base.Ends = int64(r.number()), r.number()
	is.Base.All.Hi, is.Base.All.Lo = r.number(), r.number()
	if is.Relation < transcript.Same || is.Relation > transcript.Diverged || n >= uint64(len(transcripts)) {
		r.bad = true
		return relation{to: &Transcript{}}
	}
	return relation{&transcripts[n], open, is}
}
