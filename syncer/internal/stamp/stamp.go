// Package stamp sees that a file has changed without opening it, by the metadata that the file system keeps: its
// size, times and inode number.
//
// It does not promise that equal stamps mean equal contents if the file was written a moment ago: the clock of a
// file system may be as coarse as two seconds. See Coarse.
package stamp

import (
	"encoding/binary"
	"io/fs"
	"strings"
	"time"
)

// Stamp is the metadata of a file that changes with its content.
type Stamp struct {
	Size     int64
	Modified int64  // nanoseconds since 1970
	Changed  int64  // when the content or the metadata changed last, in the same unit; 0 if unknown
	Inode    uint64 // 0 if unknown
}

// Of returns the stamp of the file that info describes.
func Of(info fs.FileInfo) Stamp {
	s := Stamp{Size: info.Size(), Modified: info.ModTime().UnixNano()}
	s.Changed, s.Inode = beside(info)
	return s
}

// Coarse is the longest tick of a file system's clock, which is FAT's. A file that was Written less than Coarse
// ago, or in the future, may change without a change of its stamp.
const Coarse = 2 * time.Second

// Written returns when the file was written last, as far as that is known.
func (s Stamp) Written() time.Time { return time.Unix(0, max(s.Modified, s.Changed)) }

// Grown reports whether the tags may belong to one file that has only become longer: the inode number is the
// same, and the size has grown. It returns false if inode numbers are unknown.
func Grown(was, is string) bool {
	a, b := parse(was), parse(is)
	return a.Inode != 0 && a.Inode == b.Inode && a.Size < b.Size && a.Modified <= b.Modified
}

// parse reads a tag. It returns the zero Stamp if tag is not one.
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

// UsualTag is the number of bytes that is enough for most tags.
const UsualTag = 28

// Tag returns the stamp as a short string. Different stamps have different tags.
func (s Stamp) Tag() string { return s.TagIn(&strings.Builder{}) }

// TagIn is Tag, except that it appends the tag to text and returns that part of it, so that many tags share one
// allocation.
func (s Stamp) TagIn(text *strings.Builder) string {
	var b [4 * binary.MaxVarintLen64]byte
	t := binary.AppendVarint(b[:0], s.Size)
	t = binary.AppendVarint(t, s.Modified)
	t = binary.AppendVarint(t, s.Changed)
	at := text.Len()
	text.Write(binary.AppendUvarint(t, s.Inode))
	return text.String()[at:]
}
