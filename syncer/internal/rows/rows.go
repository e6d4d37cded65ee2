// Package rows cuts a transcript into rows and reads a few members of them, in constant memory however
// long a row is.
//
// A row is what stands between two newlines. Nothing of it is decoded, and nothing is refused: a row
// that is not a JSON object simply has no members. The package does not promise that a row which looks
// like an object is valid JSON; it counts brackets and strings, no more, because a row that is taken
// apart wrongly is still carried byte for byte.
package rows

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
)

const (
	// maxName and maxValue bound what is kept of a member. Claude Code's ids have 36 bytes.
	maxName  = 32
	maxValue = 256
)

// Row is one row of a transcript.
type Row struct {
	Offset int64    // of its first byte
	Size   int64    // its newline included
	Sum    [32]byte // SHA-256 of its bytes, without the newline
	Whole  bool     // it ends with a newline, or is a complete JSON object: nothing of it is still to come
	// Value is the raw text of the first member asked for, if that is a string of 256 bytes at most; else it is
	// "". It is "" also if the row is no complete JSON object: half a row must not pass for the whole one.
	Value string
}

// Scanner reads rows one after the other.
type Scanner struct {
	r     *bufio.Reader
	p     parser
	sum   hash.Hash
	off   int64
	row   Row
	err   error
	texts []string // the members of this row that were asked for
}

// NewScanner reads rows from r and, of each, the members called names: a name at the top level, or
// "name.name" for a member of an object there.
func NewScanner(r io.Reader, names ...string) *Scanner {
	s := &Scanner{r: bufio.NewReaderSize(r, 64<<10), sum: sha256.New(), texts: make([]string, len(names))}
	s.p = newParser(names, func(v value) {
		if v.name > 0 || v.whole {
			s.texts[v.name] = string(v.text)
		}
	})
	return s
}

// Next reads the next row and reports whether there was one. After false, Err tells why.
func (s *Scanner) Next() bool {
	if s.err != nil {
		return false
	}
	s.row = Row{Offset: s.off}
	clear(s.texts)
	s.sum.Reset()
	s.p.reset()
	for {
		part, err := s.r.ReadSlice('\n')
		s.row.Size += int64(len(part))
		ended := len(part) > 0 && part[len(part)-1] == '\n'
		if ended {
			part = part[:len(part)-1]
		}
		s.sum.Write(part)
		s.p.feed(part)
		if ended || err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			s.err = err
			return s.finish(ended)
		}
	}
}

func (s *Scanner) finish(ended bool) bool {
	if s.row.Size == 0 || s.err != nil && !errors.Is(s.err, io.EOF) {
		return false
	}
	s.off += s.row.Size
	s.sum.Sum(s.row.Sum[:0])
	complete := s.p.complete()
	if !complete {
		clear(s.texts)
	}
	s.row.Value = s.Text(0)
	s.row.Whole = ended || complete
	return true
}

// Row returns the row that Next read.
func (s *Scanner) Row() Row { return s.row }

// Text returns the i-th of the members asked for, of the row that Next read: the raw text of a string, or of its
// first 256 bytes, or a literal like true; "" if there is none or the row is no complete JSON object.
func (s *Scanner) Text(i int) string {
	if i >= len(s.texts) {
		return ""
	}
	return s.texts[i]
}

// Err returns what ended the reading, nil at the end of the transcript.
func (s *Scanner) Err() error {
	if errors.Is(s.err, io.EOF) {
		return nil
	}
	return s.err
}
