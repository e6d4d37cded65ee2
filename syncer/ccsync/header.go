package ccsync

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// SchemaVersion is the only schema that this package reads and writes.
const SchemaVersion = 1

// countWidth is the width of lineCount: no disk holds a transcript with more than 12 digits of lines.
const countWidth = 12

// headRoom is the length of a header with its padding, or a part of it: a longer header has the next multiple. So the
// transcript begins at the same offset in the packs of all machines, whatever their names and the paths of their
// checkouts, and a block-level sync client finds the blocks of one machine's pack in another's. Most headers are 300 to
// 400 bytes long, so a kilobyte is enough for nearly all of them, and costs a short session little.
const headRoom = 1 << 10

// Header has all members of a pack except the transcript.
type Header struct {
	SessionID   SessionID
	ProjectKey  string
	OriginalCwd string
	MachineName string
	ExportedAt  int64 // milliseconds since 1970
	LineCount   int64 // lines of the transcript
}

// render returns the pack's bytes up to and including the opening quote of jsonl.
func (h Header) render(k kernel) []byte {
	text, _ := h.unpadded(k)
	return pad(text, (len(text)+headRoom)/headRoom*headRoom)
}

// pad ends a header by spaces and the opening quote of jsonl, so that it is length bytes long; nil if it is longer.
func pad(text []byte, length int) []byte {
	spaces := length - len(text) - 1
	if spaces < 0 {
		return nil
	}
	return append(append(text, bytes.Repeat([]byte{' '}, spaces)...), '"')
}

// unpadded returns the header's text before the padding, and the offset of lineCount.
func (h Header) unpadded(k kernel) (text []byte, countAt int) {
	var b bytes.Buffer
	b.Grow(headRoom)
	fmt.Fprintf(&b, "{\n  \"_schemaVersion\": %d,\n", SchemaVersion)
	fmt.Fprintf(&b, "  \"sessionId\": %s,\n", quote(k, string(h.SessionID)))
	fmt.Fprintf(&b, "  \"projectKey\": %s,\n", quote(k, h.ProjectKey))
	fmt.Fprintf(&b, "  \"originalCwd\": %s,\n", quote(k, h.OriginalCwd))
	fmt.Fprintf(&b, "  \"machineName\": %s,\n", quote(k, h.MachineName))
	fmt.Fprintf(&b, "  \"exportedAt\": %d,\n  \"lineCount\": ", h.ExportedAt)
	countAt = b.Len()
	fmt.Fprintf(&b, "%*d,\n  \"jsonl\": ", countWidth, h.LineCount)
	return b.Bytes(), countAt
}

// quote returns s as JSON.stringify writes it. Bytes that are not UTF-8 become U+FFFD, because people read the
// header's strings.
func quote(k kernel, s string) []byte {
	escaped := k.escape([]byte{'"'}, []byte(strings.ToValidUTF8(s, "\uFFFD")))
	return append(escaped, '"')
}

// PatchLineCount replaces the line count of a pack that was encoded with header h.
func PatchLineCount(w io.WriterAt, h Header, lines int64) error {
	_, at := h.unpadded(newKernel())
	if _, err := w.WriteAt(fmt.Appendf(nil, "%*d", countWidth, lines), int64(at)); err != nil {
		return fmt.Errorf("writing the line count: %w", err)
	}
	return nil
}

// members collects the header's members, in any order.
type members struct {
	header Header
	seen   map[string]bool
}

// required returns the names of the required members, except jsonl, which the reader handles itself.
func required() []string {
	return []string{"_schemaVersion", "sessionId", "projectKey", "originalCwd", "machineName", "exportedAt", "lineCount"}
}

func (m *members) missing() string {
	for _, name := range required() {
		if !m.seen[name] {
			return name
		}
	}
	return ""
}

// read reads the value of the member name from d.
func (m *members) read(name string, d *json.Decoder) error {
	known := name == "jsonl"
	for _, r := range required() {
		known = known || r == name
	}
	if !known {
		return skipValue(d)
	}
	if m.seen[name] {
		return malformed("member %q stands there twice", name)
	}
	m.seen[name] = true
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch name {
	case "_schemaVersion", "exportedAt", "lineCount":
		return m.number(name, t)
	default:
		return m.text(name, t)
	}
}

func (m *members) number(name string, t json.Token) error {
	n, ok := t.(json.Number)
	if !ok {
		return malformed("member %q is not a number", name)
	}
	v, err := n.Int64()
	if name == "_schemaVersion" && (err != nil || v != SchemaVersion) {
		return &VersionError{Version: clip(n.String())}
	}
	if err != nil || v < 0 {
		return malformed("member %q is %s, not a whole number", name, clip(n.String()))
	}
	switch name {
	case "exportedAt":
		m.header.ExportedAt = v
	case "lineCount":
		m.header.LineCount = v
	}
	return nil
}

func (m *members) text(name string, t json.Token) error {
	s, ok := t.(string)
	if !ok {
		return malformed("member %q is not a string", name)
	}
	switch name {
	case "sessionId":
		id, err := ParseSessionID(s)
		if err != nil {
			return malformed("%v", err)
		}
		m.header.SessionID = id
	case "projectKey":
		m.header.ProjectKey = s
	case "originalCwd":
		m.header.OriginalCwd = s
	case "machineName":
		m.header.MachineName = s
	}
	return nil
}

// maxDepth bounds the decoder's memory for a nested unknown member.
const maxDepth = 100_000

// skipValue skips the value of an unknown member. It counts levels and does not recurse, so that deep nesting
// needs no stack.
func skipValue(d *json.Decoder) error {
	for depth := 0; ; {
		t, err := d.Token()
		if err != nil {
			return err
		}
		if delim, ok := t.(json.Delim); ok {
			if delim == '{' || delim == '[' {
				if depth++; depth > maxDepth {
					return malformed("a member is nested deeper than %d", maxDepth)
				}
			} else {
				depth--
			}
		}
		if depth == 0 {
			return nil
		}
	}
}
