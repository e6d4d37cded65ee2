package rows

import "strings"

// noName says that a value belongs to no requested name.
const noName = -1

// parser finds some members of one row. It reads the row in pieces that may end anywhere.
type parser struct {
	names []memberName
	found func(value)

	off       int64
	depth     int
	started   bool // the row's object has begun
	inString  bool
	escaped   bool
	isKey     bool   // the next string is the name of a member
	wanted    int    // the requested name that the next value belongs to, or noName
	keep      bool   // text keeps the current string
	inLiteral bool   // text keeps the current literal
	outer     string // the top-level member that holds the current object, if members of it are requested; else ""
	next      string // the value of outer if the next value is an object
	start     int64
	text      []byte
}

// memberName is the name of a member at the top level, or of a member of the object called outer there.
type memberName struct{ outer, name string }

// value is the value of a member.
type value struct {
	name  int   // its index in names
	start int64 // the offset of the text in all pieces so far
	text  []byte
	// whole says that the text is all of a string. Else it is a literal, or the beginning of a string that is longer
	// than maxValue.
	whole bool
}

// newParser makes a parser for the members called names: a name at the top level, or "name.name" for a member of an
// object there.
func newParser(names []string, found func(value)) parser {
	p := parser{found: found, wanted: noName}
	for _, name := range names {
		outer, inner, nested := strings.Cut(name, ".")
		if !nested {
			outer, inner = "", name
		}
		p.names = append(p.names, memberName{outer, inner})
	}
	return p
}

func (p *parser) reset() {
	*p = parser{names: p.names, found: p.found, off: p.off, text: p.text[:0], wanted: noName}
}

// complete reports whether the row is a complete object.
func (p *parser) complete() bool { return p.started && p.depth == 0 && !p.inString }

// pending returns the offset of the value that is being read, or -1 if there is none. found is not called any
// more for anything before it.
func (p *parser) pending() int64 {
	if p.inString && p.keep && !p.isKey {
		return p.start
	}
	return -1
}

func (p *parser) feed(b []byte) {
	for i := 0; i < len(b); i++ {
		if p.inString {
			i += p.stringPart(b[i:]) - 1
			continue
		}
		switch b[i] {
		case '"':
			p.openString(p.off + int64(i) + 1)
		case '{', '[':
			p.open(b[i] == '{')
		case '}', ']':
			p.close()
		case ',':
			p.endLiteral()
			p.isKey = p.inMembers()
			p.wanted, p.next = noName, ""
		case ' ', '\t', '\r', '\n':
			p.endLiteral()
		case ':':
		default:
			p.literal(b[i])
		}
	}
	p.off += int64(len(b))
}

// inMembers reports whether the members of the object that we are in may have been asked for.
func (p *parser) inMembers() bool { return p.depth == 1 || p.depth == 2 && p.outer != "" }

func (p *parser) open(object bool) {
	p.depth++
	p.outer, p.next = outerAt(p.depth, object, p.outer, p.next), ""
	p.isKey = object && (p.depth == 1 && !p.started || p.depth == 2 && p.outer != "")
	p.wanted, p.inLiteral = noName, false
	p.started = p.started || object
}

// outerAt is the member in whose object we are after a bracket was opened.
func outerAt(depth int, object bool, outer, next string) string {
	switch {
	case depth > 2:
		return outer
	case depth == 2 && object:
		return next
	}
	return ""
}

func (p *parser) close() {
	p.endLiteral()
	p.depth--
	if p.depth < 2 {
		p.outer = ""
	}
	p.wanted = noName
}

// literal keeps a byte of a number, true, false or null, if its name was asked for.
func (p *parser) literal(c byte) {
	if p.wanted == noName {
		return
	}
	if !p.inLiteral {
		p.inLiteral, p.text = true, p.text[:0]
	}
	if len(p.text) < maxValue {
		p.text = append(p.text, c)
	}
}

func (p *parser) endLiteral() {
	if p.inLiteral {
		p.found(value{name: p.wanted, text: p.text})
		p.inLiteral, p.wanted = false, noName
	}
}

func (p *parser) openString(start int64) {
	if p.inLiteral {
		p.inLiteral, p.wanted = false, noName
	}
	p.inString, p.escaped = true, false
	p.keep = p.isKey && p.inMembers() || p.wanted != noName
	p.start, p.text = start, p.text[:0]
}

// stringPart reads b up to and including the string's closing quote, else all of b. It returns how many bytes it
// read.
func (p *parser) stringPart(b []byte) int {
	for i, c := range b {
		switch {
		case p.escaped:
			p.escaped = false
		case c == '\\':
			p.escaped = true
		case c == '"':
			p.keepText(b[:i])
			p.closeString()
			return i + 1
		}
	}
	p.keepText(b)
	return len(b)
}

func (p *parser) keepText(b []byte) {
	if !p.keep {
		return
	}
	if room := maxValue - len(p.text); len(b) > room {
		p.keep = false
		if !p.isKey {
			p.found(value{name: p.wanted, start: p.start, text: append(p.text, b[:room]...)})
		}
		return
	}
	p.text = append(p.text, b...)
}

func (p *parser) closeString() {
	p.inString = false
	switch {
	case p.isKey && p.inMembers():
		p.wanted, p.next = noName, ""
		if p.keep {
			p.named()
		}
		p.isKey = false
	case p.wanted != noName:
		if p.keep {
			p.found(value{name: p.wanted, start: p.start, text: p.text, whole: true})
		}
		p.wanted = noName
	}
}

// named finds out whether the value that follows the name in text was asked for, or members of it.
func (p *parser) named() {
	if len(p.text) > maxName {
		return
	}
	for i := range p.names {
		n := &p.names[i]
		if n.outer == p.outer && string(p.text) == n.name {
			p.wanted = i
		}
		if p.depth == 1 && n.outer != "" && string(p.text) == n.outer {
			p.next = n.outer
		}
	}
}
