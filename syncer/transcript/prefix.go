package transcript

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// packPrefix finds the common prefix with a pack, whose blocks are unescaped and compared in parallel. If bytes
// do not settle the relation, rest reads theirs on from the first difference, at.
func packPrefix(ours Local, p comparer) (c Comparison, at int64, rest io.Reader, err error) {
	length, d, err := p.Compare(ours, ours.Size)
	if err != nil {
		return c, 0, nil, err
	}
	if length >= 0 {
		c.ByBytes, c.Length, c.More = true, length, d
		switch {
		case ours.Size > length:
			c.Relation = Ahead
		case ours.Size < length:
			c.Relation = Behind
		}
		c.Prefix, err = LastNewline(ours, min(length, ours.Size))
		return c, 0, nil, err
	}
	var first [1]byte
	if _, err := ours.ReadAt(first[:], d.At); err != nil && !errors.Is(err, io.EOF) {
		return c, 0, nil, err
	}
	c.greater = d.Theirs > first[0]
	if c.Prefix, err = LastNewline(ours, d.At); err != nil {
		return c, 0, nil, err
	}
	_, err = io.CopyN(io.Discard, d.Rest, d.At-d.From)
	return c, d.At, d.Rest, unexpected(err)
}

// commonPrefix compares byte by byte. If that does not settle the relation, rest reads theirs on from the first
// difference, at.
func commonPrefix(ours Local, theirs io.Reader) (c Comparison, at int64, rest io.Reader, err error) {
	block := min(64<<10, ours.Size+1) // most sessions differ in length by little, many are short
	a, b := make([]byte, block), make([]byte, block)
	for {
		n, readErr := io.ReadFull(theirs, b)
		if readErr != nil && !errors.Is(readErr, io.EOF) && !errors.Is(readErr, io.ErrUnexpectedEOF) {
			return c, 0, nil, readErr
		}
		m, err := io.ReadFull(io.NewSectionReader(ours, at, min(block, ours.Size-at)), a[:min(block, ours.Size-at)])
		if err != nil && !errors.Is(err, io.EOF) {
			return c, 0, nil, fmt.Errorf("reading the transcript: %w", err)
		}
		same := equalPrefix(a[:m], b[:n])
		if i := bytes.LastIndexByte(a[:same], '\n'); i >= 0 {
			c.Prefix = at + int64(i) + 1
		}
		switch {
		case same == n && same == m && readErr == nil:
			at += int64(same) // both go on
			continue
		case same < n && same < m:
			c.greater = b[same] > a[same]
			return c, at + int64(same), io.MultiReader(bytes.NewReader(b[same:n]), theirs), nil
		}
		c.ByBytes = true
		c.Relation, err = byLength(ours.Size-at-int64(same), n > same || readErr == nil, theirs)
		return c, 0, nil, err
	}
}

// byLength decides if one side is a prefix of the other. It reads theirs to the end, because only there a pack
// shows that it is whole.
func byLength(oursLeft int64, theirsLeft bool, theirs io.Reader) (Relation, error) {
	n, err := io.Copy(io.Discard, theirs)
	theirsLeft = n > 0 || theirsLeft
	switch {
	case err != nil:
		return Same, err
	case oursLeft > 0:
		return Ahead, nil
	case theirsLeft:
		return Behind, nil
	}
	return Same, nil
}

func equalPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	if bytes.Equal(a[:n], b[:n]) {
		return n
	}
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
