package rows

import (
	"bytes"
	"encoding/json"
	"iter"
)

// Members yields the names and the raw values of a JSON object, in order. It stops at the first damage, and a
// value that is cut off is not yielded: a row may be torn, cut off or no JSON at all. encoding/json would give
// nothing for such a row, and would match names regardless of case.
func Members(object []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		// A byte order mark or the zeros of a crashed file system may stand before a row.
		rest, ok := after(bytes.TrimLeft(object, "\x00\ufeff"), '{')
		for ok {
			var key, value []byte
			if key, rest, ok = cutValue(rest); !ok || key[0] != '"' {
				return
			}
			if rest, ok = after(rest, ':'); !ok {
				return
			}
			if value, rest, ok = cutValue(rest); !ok || !yield(Unquote(key), value) {
				return
			}
			rest, ok = after(rest, ',')
		}
	}
}

// Elements yields the raw values of a JSON array as Members yields those of an object.
func Elements(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		rest, ok := after(array, '[')
		for ok {
			var value []byte
			if value, rest, ok = cutValue(rest); !ok || !yield(value) {
				return
			}
			rest, ok = after(rest, ',')
		}
	}
}

// Unquote returns the text of a JSON string, and "" for any other value.
func Unquote(value []byte) string {
	if text, ok := plain(value); ok {
		return string(text)
	}
	var s string
	if value[0] != '"' || json.Unmarshal(value, &s) != nil {
		return ""
	}
	return s
}

// plain returns the text between the quotes of a string in which every byte stands for itself, as in most.
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

// after returns the rest behind c if c comes next, white space aside.
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

// cutValue splits the JSON value that comes next, at least one byte, from the rest.
func cutValue(b []byte) (value, rest []byte, ok bool) {
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

// stringEnd returns the length of the string that b begins with, or -1 if it does not end.
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

// nestedEnd returns the length of the object or array that b begins with, or -1 if it does not end. It counts
// brackets without telling the two kinds apart: a broken row that is misread costs nothing.
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
