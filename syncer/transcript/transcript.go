// Package transcript is the algebra of transcripts: how two of one session relate, what their union is, which
// session a losing branch becomes, and what a transcript says of itself.
//
// A transcript is a file of rows, one JSON object a line. A row's identity is its uuid if it has one, else its exact
// bytes (metadata). So a row that somebody rewrote under its uuid is the same row: it is no news for anybody, each
// side keeps its own bytes of it, and it never stands twice. A row with a uuid is a turn, unless Claude Code wrote it
// for itself; only turns make two transcripts diverge, and every other row is united without a question.
//
// Of a row only the members uuid, parentUuid, sessionId, cwd, timestamp, type, isMeta, rowSource, the beginning of
// the message's content and the title members are ever read; its bytes go through unchanged.
//
// The package is pure: it works on readers and writers, and knows no disk, no clock and no goroutine. Memory is
// constant up to the first difference of two transcripts; from there on it keeps some hundred bytes a row.
//
// It does not promise that a title or a cwd is true, and it does not promise that a reader gives the same bytes
// twice: whoever replaces a file by a result checks that the file is still the one that was read.
package transcript

import (
	"bytes"
	"io"

	"claude-sync/syncer/ccsync"
)

// Source is a transcript that can be read from its first byte as often as need be.
type Source interface {
	// Open returns a reader of the whole transcript. After a read error other than io.EOF none of the bytes
	// may be used.
	Open() io.Reader
}

// comparer is a Source, most often a pack, that compares itself with a transcript faster than byte by byte.
// See ccsync.Pack.Compare for the contract.
type comparer interface {
	Compare(ours io.ReaderAt, size int64) (length int64, d *ccsync.Difference, err error)
}

// Local is a transcript on disk, or its first Size bytes.
type Local struct {
	io.ReaderAt
	Size int64 // bytes
}

// Open implements Source.
func (l Local) Open() io.Reader { return io.NewSectionReader(l.ReaderAt, 0, l.Size) }

// LastNewline returns the offset behind the last newline of the first size bytes, 0 if there is none. It reads
// backwards.
func LastNewline(r io.ReaderAt, size int64) (int64, error) {
	const most = 64 << 10
	buf := make([]byte, min(size, 512)) // nearly always it is the last byte
	for end := size; end > 0; {
		part := buf[:min(end, int64(len(buf)))]
		if _, err := io.ReadFull(io.NewSectionReader(r, end-int64(len(part)), int64(len(part))), part); err != nil {
			return 0, err
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return end - int64(len(part)) + int64(i) + 1, nil
		}
		if end -= int64(len(part)); len(buf) < most {
			buf = make([]byte, most)
		}
	}
	return 0, nil
}
