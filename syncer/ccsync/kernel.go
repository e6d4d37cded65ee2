package ccsync

import "encoding/binary"

// kernel is the two loops through which every byte of a transcript goes. All that is hard to say about
// packs is said outside of them, so that a faster kernel for some processor is these two methods in files of
// its own, which the tests hold against the portable one.
type kernel interface {
	// escape appends src to dst as the inside of a JSON string, as JSON.stringify writes it; a byte that is
	// not UTF-8 becomes \udcNN. Src does not end in the middle of a sequence that goes on elsewhere.
	escape(dst, src []byte) []byte

	// unescape appends the text of the JSON string body src to dst, until the closing quote, until an
	// escape that may go on beyond src, or until the end. It returns how much of src it took, and whether
	// it stopped at the closing quote, which is not taken.
	unescape(dst, src []byte) (out []byte, taken int, closed bool, err error)
}

// short holds, at the place of each control character that has one, the letter of its two-byte escape; a
// dot means the \u00xx form.
const (
	short = "........btn.fr.................."
	hex   = "0123456789abcdef"
)

// swar is the portable kernel: eight bytes at a time within one register where there is nothing to escape,
// and a table where there is.
type swar struct {
	escaped [256]uint64 // what each byte becomes, from the lowest byte on; \udcNN from 0x80 on
	length  [256]uint8  // how many bytes that are
	meant   [256]byte   // what a backslash and this letter stand for; 0 when nothing, or not that alone
	digits  digits
}

func newSWAR() *swar {
	k := &swar{digits: newDigits()}
	for i := range k.escaped {
		c := byte(i)
		text, n := [8]byte{c}, 1
		switch {
		case c >= 0x80:
			text, n = [8]byte{'\\', 'u', 'd', 'c', hex[c>>4], hex[c&15]}, 6
		case c == '"' || c == '\\':
			text, n = [8]byte{'\\', c}, 2
		case c < ' ' && short[c] != '.':
			text, n = [8]byte{'\\', short[c]}, 2
		case c < ' ':
			text, n = [8]byte{'\\', 'u', '0', '0', hex[c>>4], hex[c&15]}, 6
		}
		if n == 2 {
			k.meant[text[1]] = c
		}
		k.escaped[i], k.length[i] = binary.LittleEndian.Uint64(text[:]), uint8(n)
	}
	k.meant['/'] = '/'
	return k
}
