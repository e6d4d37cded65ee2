package rows

// parser finds the top-level string members of one row. It reads the row in pieces that may end anywhere.
type parser struct {
	names []string
	found func(start int64, text []byte) // start is the offset of the text in all pieces so far

	off      int64
	depth    int
	started  bool // the row's object has begun
	inString bool
	escaped  bool
	isKey    bool // the next string is the name of a top-level member
	wanted   bool // the next value belongs to a requested name
	keep     bool // text keeps the current string
	start    int64
	text     []byte
}

func (p *parser) reset() {
	*p = parser{names: p.names, found: p.found, off: p.off, text: p.text[:0]}
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
			p.depth--
			p.wanted = false
		case ',':
			p.isKey = p.depth == 1
			p.wanted = false
		case ':', ' ', '\t', '\r', '\n':
		default:
			p.wanted = false
		}
	}
	p.off += int64(len(b))
}

func (p *parser) open(object bool) {
	p.depth++
	p.isKey = object && p.depth == 1 && !p.started
	p.wanted = false
	p.started = p.started || object
}

func (p *parser) openString(start int64) {
	p.inString, p.escaped = true, false
	p.keep = p.depth == 1 && (p.isKey || p.wanted)
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
	if len(p.text)+len(b) > maxValue {
		p.keep = false
		return
	}
	p.text = append(p.text, b...)
}

func (p *parser) closeString() {
	p.inString = false
	switch {
	case p.isKey && p.depth == 1:
		p.wanted = p.keep && p.asked()
		p.isKey = false
	case p.wanted:
		if p.keep {
			p.found(p.start, p.text)
		}
		p.wanted = false
	}
}

func (p *parser) asked() bool {
	if len(p.text) > maxName {
		return false
	}
	for _, name := range p.names {
		if string(p.text) == name {
			return true
		}
	}
	return false
}
