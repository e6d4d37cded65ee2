package transcript

import "bytes"

// maxTitleRow bounds the memory for one row. A longer title row stays where it is.
const maxTitleRow = 4 << 10

// titleKeeper remembers the last custom-title row of the transcript that is written to it.
type titleKeeper struct {
	last []byte // with its newline, nil when there is none
	end  int64  // where last ended
	size int64  // written so far

	row  []byte // the row that is being written
	long bool   // it is longer than any title's
}

// Write implements io.Writer.
func (k *titleKeeper) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		part, rest, ended := bytes.Cut(b, []byte{'\n'})
		k.size += int64(len(b) - len(rest))
		k.add(part)
		if ended {
			k.finish()
		}
		b = rest
	}
	return n, nil
}

func (k *titleKeeper) add(part []byte) {
	k.long = k.long || len(k.row)+len(part) > maxTitleRow
	if !k.long {
		k.row = append(k.row, part...)
	}
}

func (k *titleKeeper) finish() {
	if !k.long && isTitleRow(k.row) {
		k.last, k.end = append(bytes.Clone(k.row), '\n'), k.size
	}
	k.row, k.long = k.row[:0], false
}

// titleMerge decides on the title of a merged transcript.
type titleMerge struct{ base, winner, loser, out titleKeeper }

// finish writes the title row once more if the merged rows alone would show another title, or none.
//
// Claude Code repeats the title that it loaded after every 64 KB. So an old title in the winner's rows does not
// mean that the user chose it; only a title that differs from the common one does. A repeated row adds nothing
// to the set of rows.
func (m *titleMerge) finish(w *newlineEnd) error {
	title := m.winner.last
	if bytes.Equal(title, m.base.last) {
		title = m.loser.last
	}
	if title == nil || bytes.Equal(title, m.out.last) && m.out.size-m.out.end+int64(len(title)) <= window {
		return nil
	}
	if err := w.separate(); err != nil {
		return err
	}
	_, err := w.Write(title)
	return err
}

// isTitleRow reports whether a line is the row by which a person named the session.
func isTitleRow(line []byte) bool {
	// Nearly no row is one, and parsing a row costs a hundred times this check.
	if !bytes.Contains(line, []byte(`"custom-title"`)) {
		return false
	}
	r := readRow(line)
	return r.kind == "custom-title" && r.customTitle != ""
}
