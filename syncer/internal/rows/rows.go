// Package rows splits a transcript into rows and reads some members of them, in constant memory, whatever the
// length of a row.
//
// A row is the text between two newlines. The package decodes nothing and refuses nothing: a row that is not a
// JSON object just has no members. It does not promise that a row which looks like an object is valid JSON. It
// only counts brackets and follows strings, because even a misread row is carried byte for byte.
package rows

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
)

const (
	// maxName and maxValue bound the memory for a member. Claude Code's ids have 36 bytes.
	maxName  = 32
	maxValue = 256
)

// Row is one row of a transcript.
type Row struct {
	Offset int64    // of its first byte
	Size   int64    // its newline included
	Sum    [32]byte // SHA-256 of the row without its newline
	Whole  bool     // it ends with a newline, or is a complete JSON object: the writer has finished it
	// Value is the raw text of the first requested member, a string of 256 bytes at most; "" if there is none. It is
	// also "" if the row is no complete JSON object: half a row must not pass for the whole row of the same uuid.
	Value string
}

// Scanner reads the rows of a transcript in order.
type Scanner struct {
	r     *bufio.Reader
	p     parser
	sum   hash.Hash
	off   int64
	row   Row
	err   error
	texts []string // the members of this row that were asked for
}

// NewScanner returns a Scanner of r. For each row it reads the members called names: a name at the top level, or
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

// Next reads the next row and reports whether there was one. After false, Err returns the reason.
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

// Text returns the i-th requested member of the row that Next read: the raw text of a string, or its first 256 bytes,
// or a literal like true; "" if there is none, or if the row is no complete JSON object.
func (s *Scanner) Text(i int) string {
	if i >= len(s.texts) {
		return ""
	}
	return s.texts[i]
}

// Err returns the error that stopped Next, nil at the end of the transcript.
func (s *Scanner) Err() error {
	if errors.Is(s.err, io.EOF) {
		return nil
	}
	return s.err
}
