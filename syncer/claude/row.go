package claude

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
)

// window is how much of a transcript's head and tail Claude Code's own picker reads for its list.
const window = 64 << 10

// row is what is ever read of one line of a transcript. Everything else in it stays unread.
type row struct {
	kind, cwd, relocatedCwd, entrypoint       string
	customTitle, aiTitle, lastPrompt, summary string
	message                                   []byte
	aside                                     bool // not something that a person typed
}

// readRow reads the members of a line that may be cut off, torn or no JSON at all: then those before the
// damage. encoding/json would give nothing for a cut line, and would match names regardless of case.
func readRow(line []byte) row {
	var r row
	for key, value := range members(line) {
		switch key {
		case "message":
			r.message = value
		case "isMeta", "isCompactSummary", "isSidechain":
			r.aside = r.aside || string(value) == "true"
		default:
			if field := r.text(key); field != nil {
				*field = unquote(value)
			}
		}
	}
	return r
}

// text returns where the text of the member with that name goes, or nil.
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

// members yields the names and the raw values of a JSON object, in order, and stops at the first thing
// that is not as it should be. A value that is cut off is not yielded.
func members(object []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		// A byte order mark or the zeros of a crashed file system may stand before a row.
		rest, ok := after(bytes.TrimLeft(object, "\x00\ufeff"), '{')
		for ok {
			var key, value []byte
			if key, rest, ok = take(rest); !ok || key[0] != '"' {
				return
			}
			if rest, ok = after(rest, ':'); !ok {
				return
			}
			if value, rest, ok = take(rest); !ok || !yield(unquote(key), value) {
				return
			}
			rest, ok = after(rest, ',')
		}
	}
}

// elements yields the raw values of a JSON array as members does those of an object.
func elements(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		rest, ok := after(array, '[')
		for ok {
			var value []byte
			if value, rest, ok = take(rest); !ok || !yield(value) {
				return
			}
			rest, ok = after(rest, ',')
		}
	}
}

// after returns what follows c, which must come next but for white space.
func after(b []byte, c byte) ([]byte, bool) {
	b = skipSpace(b)
	if len(b) == 0 || b[0] != c {
		return nil, false
	}
	return b[1:], true
}

func skipSpace(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t' || b[0] == '\r' || b[0] == '\n') {
		b = b[1:]
	}
	return b
}

// take splits the JSON value that comes next, at least one byte, from the rest.
func take(b []byte) (value, rest []byte, ok bool) {
	b = skipSpace(b)
	if len(b) == 0 {
		return nil, nil, false
	}
	n := -1
	switch b[0] {
	case '"':
		n = stringEnd(b)
	case '{', '[':
		n = nestedEnd(b)
	default:
		// A literal at the very end may be half a literal.
		n = bytes.IndexAny(b, ",:]} \t\r\n")
	}
	if n <= 0 {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}

// stringEnd returns the length of the string that b begins with, or -1 where it does not end.
func stringEnd(b []byte) int {
	for i := 1; i < len(b); i++ {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return -1
		}
		escapes := 0
		for escapes < n && b[i+n-1-escapes] == '\\' {
			escapes++
		}
		if i += n; escapes%2 == 0 {
			return i + 1
		}
	}
	return -1
}

// nestedEnd returns the length of the object or array that b begins with, or -1 where it does not end. It
// counts brackets without telling the two kinds apart: nothing is lost when a broken row is misread.
func nestedEnd(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			n := stringEnd(b[i:])
			if n < 0 {
				return -1
			}
			i += n - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// unquote returns the text of a JSON string, or nothing for any other value.
func unquote(value []byte) string {
	if text, ok := plain(value); ok {
		return string(text)
	}
	var s string
	if value[0] != '"' || json.Unmarshal(value, &s) != nil {
		return ""
	}
	return s
}

// plain returns what is between the quotes of a string in which every byte stands for itself, as in most.
func plain(value []byte) ([]byte, bool) {
	if len(value) < 2 || value[0] != '"' {
		return nil, false
	}
	text := value[1 : len(value)-1]
	for _, c := range text {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return nil, false
		}
	}
	return text, true
}

// readAt reads up to n bytes from offset; a file that became shorter meanwhile gives what is there.
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
