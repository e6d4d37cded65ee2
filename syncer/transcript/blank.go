package transcript

import (
	"bytes"
	"errors"
	"io"
)

// Blank reports whether a transcript, cut behind its last whole row, has nothing that can be sent: it is empty, or
// all of it is white space or the zeros that a crashed file system leaves. It reads up to the first other byte.
func (l Local) Blank() (bool, error) {
	buf := make([]byte, min(l.Size, 64<<10))
	for at := int64(0); at < l.Size; at += int64(len(buf)) {
		part := buf[:min(int64(len(buf)), l.Size-at)]
		n, err := l.ReadAt(part, at)
		if len(bytes.Trim(part[:n], "\x00 \t\r\n")) > 0 {
			return false, nil
		}
		if n < len(part) {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return false, err
		}
	}
	return true, nil
}
