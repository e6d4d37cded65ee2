package ccsync

import "encoding/binary"

// kernel is the two loops that touch every byte of a transcript. All other rules of the format are outside of
// them, so a faster kernel for some processor needs only these two methods. The tests compare each kernel with
// the portable one.
type kernel interface {
	// escape appends src to dst as the inside of a JSON string, as JSON.stringify writes it. A byte that is
	// not UTF-8 becomes \udcNN. The caller must not cut src within a UTF-8 sequence.
	escape(dst, src []byte) []byte

	// unescape appends the text of the JSON string body src to dst. It stops at the closing quote, at an
	// escape that may continue beyond src, or at the end of src. It returns how many bytes of src it took,
	// and whether it stopped at the closing quote, which it does not take.
	unescape(dst, src []byte) (out []byte, taken int, closed bool, err error)
}

// short has the letter of each control character's two-byte escape, or a dot if the character has only the
// \u00xx form.
const (
	short = "........btn.fr.................."
	hex   = "0123456789abcdef"
)

// swar is the portable kernel ("SIMD within a register"): it copies eight bytes at a time if none needs an
// escape, and uses tables otherwise.
type swar struct {
	escaped [256]uint64 // each byte's escaped form, little-endian; \udcNN from 0x80 on
	length  [256]uint8  // length of the escaped form
	meant   [256]byte   // the byte that a backslash and this letter mean; 0 if there is none, and for \u
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
