package claude

import "bytes"

// titleLimit is how many characters of a title people get to see.
const titleLimit = 80

// IsTitleRow reports whether a line is the row by which a person named the session.
func IsTitleRow(line []byte) bool {
	// Nearly no row is one, and taking a row apart costs a hundred times this.
	if !bytes.Contains(line, []byte(`"custom-title"`)) {
		return false
	}
	r := readRow(line)
	return r.kind == "custom-title" && r.customTitle != ""
}
