package transcript

import (
	"bytes"
	"time"
)

// Ends keeps the first and the last 64 KB of a transcript that is written to it, which is all that Describe reads
// of a file. The zero value is ready for use.
type Ends struct {
	text []byte // the first bytes, and behind them the last ones
}

// Write implements io.Writer; it never fails.
func (e *Ends) Write(b []byte) (int, error) {
	n := len(b)
	head := min(n, max(0, window-len(e.text)))
	e.text, b = append(e.text, b[:head]...), b[head:]
	if len(b) >= window {
		e.text, b = e.text[:window], b[len(b)-window:]
	}
	if over := len(e.text) + len(b) - 2*window; over > 0 {
		kept := copy(e.text[window:], e.text[window+over:])
		e.text = e.text[:window+kept]
	}
	e.text = append(e.text, b...)
	return n, nil
}

// Reset makes it ready for another transcript.
func (e *Ends) Reset() { e.text = e.text[:0] }

// Describe returns the Description of the transcript.
func (e *Ends) Describe() Description { return describe(e.head(), e.tail()) }

// LastTime returns the timestamp of the last row that has one, as far back as the last 64 KB go.
func (e *Ends) LastTime() (time.Time, bool) { return lastTimeIn(e.tail()) }

func (e *Ends) head() []byte { return e.text[:min(len(e.text), window)] }

// tail returns the whole rows within the last 64 KB.
func (e *Ends) tail() []byte {
	if len(e.text) <= window {
		return e.text
	}
	_, tail, _ := bytes.Cut(e.text[len(e.text)-window:], []byte{'\n'})
	return tail
}
