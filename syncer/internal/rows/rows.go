// Package rows cuts a transcript into rows and reads single members of them, in constant memory however
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
	// maxName and maxValue bound what is kept of a member; a longer one is as good as none. Claude Code's
	// ids have 36 bytes.
	maxName  = 32
	maxValue = 256
)

// Row is one row of a transcript.
type Row struct {
	Offset int64    // of its first byte
	Size   int64    // its newline included
	Sum    [32]byte // SHA-256 of its bytes, without the newline
	Value  string   // raw text of the member asked for, a string at the top level; "" when there is none
	Whole  bool     // it ends with a newline, or is a complete JSON object: nothing of it is still to come
}

// Scanner reads rows one after the other.
type Scanner struct {
	r    *bufio.Reader
	p    parser
	sum  hash.Hash
	off  int64
	row  Row
	err  error
	last string
}

// NewScanner reads rows from r and, of each, the top-level string member called name.
func NewScanner(r io.Reader, name string) *Scanner {
	s := &Scanner{r: bufio.NewReaderSize(r, 64<<10), sum: sha256.New()}
	s.p = parser{names: []string{name}, found: func(_ int64, text []byte) { s.last = string(text) }}
	return s
}

// Next reads the next row and reports whether there was one. After false, Err tells why.
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

// Err returns what ended the reading, nil at the end of the transcript.
func (s *Scanner) Err() error {
	if errors.Is(s.err, io.EOF) {
		return nil
	}
	return s.err
}
