package rows

import "strings"

// noName says that the value that is being read belongs to no name that was asked for.
const noName = -1

// parser follows one row's JSON far enough to find some of its members. It is fed in pieces cut
// anywhere.
type parser struct {
	names []memberName
	found func(value)

	off       int64
	depth     int
	started   bool // the row's object was opened
	inString  bool
	escaped   bool
	isKey     bool   // the next string at this level is a member's name
	wanted    int    // the name that the next value belongs to, noName for none
	keep      bool   // the string being read is kept in text
	inLiteral bool   // the literal being read is kept in text
	outer     string // the top-level member in whose object we are, "" for none that matters
	next      string // the same for the value that comes next
	start     int64
	text      []byte
}

// memberName is the name of a member at the top level, or of a member of the object called outer there.
type memberName struct{ outer, name string }

// value is the value of a member.
type value struct {
	name  int   // its index in names
	start int64 // offset of the text's first byte in all that was fed
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

// complete reports whether the row was one whole object.
func (p *parser) complete() bool { return p.started && p.depth == 0 && !p.inString }

// pending returns where the string being read began, or -1 when none is: what stands before it will
// not be found any more.
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

// stringPart reads b up to and including the string's closing quote, or all of it, and returns how much
// that was.
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
