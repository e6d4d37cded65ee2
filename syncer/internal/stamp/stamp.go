// Package stamp tells a file's content from another one without opening the file, by what the file system
// keeps beside it: size, times, and number.
//
// It does not promise that equal stamps mean equal contents where a file was written in the last moment:
// the clock of a file system may be as coarse as two seconds. See Coarse.
package stamp

import (
	"encoding/binary"
	"io/fs"
	"strings"
	"time"
)

// Stamp is what is known of a file without opening it.
type Stamp struct {
	Size     int64
	Modified int64  // nanoseconds since 1970
	Changed  int64  // the same of the last change to the file or to what is kept beside it; 0 where unknown
	Inode    uint64 // 0 where unknown
}

// Of is the stamp of the file that info is of.
func Of(info fs.FileInfo) Stamp {
	s := Stamp{Size: info.Size(), Modified: info.ModTime().UnixNano()}
	s.Changed, s.Inode = beside(info)
	return s
}

// Coarse is the longest tick of any file system's clock, FAT's: a file that was Written less than that ago, or
// in the future, may be written once more without its stamp showing it.
const Coarse = 2 * time.Second

// Written is when the file was written last, as far as can be told.
func (s Stamp) Written() time.Time { return time.Unix(0, max(s.Modified, s.Changed)) }

// Grown reports whether two tags may be of one file that has only become longer: it is the same one, and it
// has. Where nothing tells files apart it never is.
func Grown(was, is string) bool {
	a, b := parse(was), parse(is)
	return a.Inode != 0 && a.Inode == b.Inode && a.Size < b.Size && a.Modified <= b.Modified
}

// parse reads a tag; the zero Stamp when it is none.
func parse(tag string) (s Stamp) {
	b := []byte(tag)
	for _, v := range []*int64{&s.Size, &s.Modified, &s.Changed} {
		var n int
		if *v, n = binary.Varint(b); n <= 0 {
			return Stamp{}
		}
		b = b[n:]
	}
	var n int
	if s.Inode, n = binary.Uvarint(b); n != len(b) {
		return Stamp{}
	}
	return s
}

// UsualTag is how many bytes most tags have at most.
const UsualTag = 28

// Tag is the stamp as a short string, which is different for different stamps.
func (s Stamp) Tag() string { return s.TagIn(&strings.Builder{}) }

// TagIn is Tag as a part of a text that many tags share.
func (s Stamp) TagIn(text *strings.Builder) string {
	var b [4 * binary.MaxVarintLen64]byte
	t := binary.AppendVarint(b[:0], s.Size)
	t = binary.AppendVarint(t, s.Modified)
	t = binary.AppendVarint(t, s.Changed)
	at := text.Len()
	text.Write(binary.AppendUvarint(t, s.Inode))
	return text.String()[at:]
}
