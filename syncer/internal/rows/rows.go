// Package rows splits a transcript into rows and reads single members of them, in constant memory, whatever the
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
	// maxName and maxValue bound the memory for a member. Longer members are ignored. Claude Code's ids have
	// 36 bytes.
	maxName  = 32
	maxValue = 256
)

// Row is one row of a transcript.
type Row struct {
	Offset int64    // of its first byte
	Size   int64    // its newline included
	Sum    [32]byte // SHA-256 of the row without its newline
	Value  string   // raw text of the requested member, a string at the top level; "" if there is none
	Whole  bool     // it ends with a newline, or is a complete JSON object: the writer has finished it
}

// Scanner reads the rows of a transcript in order.
type Scanner struct {
	r    *bufio.Reader
	p    parser
	sum  hash.Hash
	off  int64
	row  Row
	err  error
	last string
}

// NewScanner returns a Scanner of r. For each row it reads the top-level string member name.
func NewScanner(r io.Reader, name string) *Scanner {
	s := &Scanner{r: bufio.NewReaderSize(r, 64<<10), sum: sha256.New()}
	s.p = parser{names: []string{name}, found: func(_ int64, text []byte) { s.last = string(text) }}
	return s
}

// Next reads the next row and reports whether there was one. After false, Err returns the reason.
func (s *Scanner) Next() bool {
	if s.err != nil {
		return false
	}
	s.row = Row{Offset: s.off}
	s.last = ""
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
	s.row.Value = s.last
	s.row.Whole = ended || s.p.complete()
	return true
}

// Row returns the row that Next read.
func (s *Scanner) Row() Row { return s.row }

// Err returns the error that stopped Next, nil at the end of the transcript.
func (s *Scanner) Err() error {
	if errors.Is(s.err, io.EOF) {
		return nil
	}
	return s.err
}
