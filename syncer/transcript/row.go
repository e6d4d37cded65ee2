package transcript

import (
	"bytes"
	"io"

	"claude-sync/syncer/internal/rows"
)

// window is the size of the head and of the tail that Claude Code's picker reads of a transcript.
const window = 64 << 10

// row is the part of a line that is ever read. The rest stays unread.
type row struct {
	kind, cwd, relocatedCwd, entrypoint       string
	customTitle, aiTitle, lastPrompt, summary string
	message                                   []byte
	aside                                     bool // no person typed it
}

// readRow reads the members of a line. If the line is cut off, torn or no JSON at all, it reads those before the
// damage.
func readRow(line []byte) row {
	var r row
	for key, value := range rows.Members(line) {
		switch key {
		case "message":
			r.message = value
		case "isMeta", "isCompactSummary", "isSidechain":
			r.aside = r.aside || string(value) == "true"
		default:
			if field := r.text(key); field != nil {
				*field = rows.Unquote(value)
			}
		}
	}
	return r
}

// text returns the field for the text of the member with that name, or nil.
func (r *row) text(key string) *string {
	switch key {
	case "type":
		return &r.kind
	case "cwd":
		return &r.cwd
	case "relocatedCwd":
		return &r.relocatedCwd
	case "entrypoint":
		return &r.entrypoint
	case "customTitle":
		return &r.customTitle
	case "aiTitle":
		return &r.aiTitle
	case "lastPrompt":
		return &r.lastPrompt
	case "summary":
		return &r.summary
	}
	return nil
}

// readAt reads up to n bytes from offset; it returns fewer from a file that became shorter meanwhile.
func readAt(r io.ReaderAt, offset, n int64) ([]byte, error) {
	b := make([]byte, max(n, 0))
	read, err := r.ReadAt(b, offset)
	if err == io.EOF {
		err = nil
	}
	return b[:read], err
}

// readTail reads the whole rows within the last n bytes. The row in which the window begins is left out.
func readTail(r io.ReaderAt, size, n int64) ([]byte, error) {
	from := max(size-n, 0)
	b, err := readAt(r, from, size-from)
	if from == 0 || err != nil {
		return b, err
	}
	_, b, _ = bytes.Cut(b, []byte{'\n'})
	return b, nil
}
