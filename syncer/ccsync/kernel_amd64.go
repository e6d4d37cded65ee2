package ccsync

import (
	"slices"

	"golang.org/x/sys/cpu"
)

// newKernel returns the fastest kernel for this processor.
func newKernel() kernel {
	// Processors with VBMI2 (Intel since Ice Lake, AMD since Zen 4) have the others, too. Package cpu returns
	// false if the operating system does not save these registers.
	if x := &cpu.X86; x.HasAVX512VBMI2 && x.HasAVX512VBMI && x.HasAVX512BW && x.HasBMI1 && x.HasBMI2 && x.HasPOPCNT {
		return newVBMI2()
	}
	return newSWAR()
}

// lane is how many bytes the assembly loops handle at a time: one register.
const lane = 64

// vbmi2 is the kernel for processors with AVX-512 VBMI2. Its loops are in assembly. It leaves to the portable
// kernel the rest that does not fill a register, and bytes that end or break a string.
type vbmi2 struct {
	swar
	letters [128]byte // the letter of a two-byte escape; none for a longer escape, 0 if no escape is needed
	meant   [128]byte // the byte that a backslash and this letter mean; 0 if there is none, and for \u
	digit   [128]byte // the value of each hexadecimal digit; none for other bytes
	lowest  [64]byte  // by the low six bits of a UTF-8 sequence's first byte: the lowest second byte,
	choice  [64]byte  // and the number of possible second bytes
}

// none marks empty places in the tables.
const none = 0x80

func newVBMI2() *vbmi2 {
	k := &vbmi2{swar: *newSWAR()}
	copy(k.meant[:], k.swar.meant[:])
	for c := range k.letters {
		k.digit[c] = none
		if d := k.digits[c]; d != bad {
			k.digit[c] = byte(d)
		}
		switch k.length[c] {
		case 2:
			k.letters[c] = byte(k.escaped[c] >> 8)
		case 6:
			k.letters[c] = none
		}
	}
	for first := 0xC2; first <= 0xF4; first++ { // lower ones make overlong forms, higher ones are invalid
		low, high := 0x80, 0xBF
		switch first {
		case 0xE0:
			low = 0xA0 // overlong forms are below
		case 0xED:
			high = 0x9F // surrogates are above
		case 0xF0:
			low = 0x90 // overlong forms are below
		case 0xF4:
			high = 0x8F // Unicode ends here
		}
		k.lowest[first&0x3F], k.choice[first&0x3F] = byte(low), byte(high-low+1)
	}
	return k
}

// escapeBlocks escapes src except for at most one lane at the end, and returns how many bytes it read and
// wrote. dst needs room for six bytes for each byte of src, and one lane more.
//
//go:noescape
func escapeBlocks(dst, src []byte, k *vbmi2) (taken, given int)

// unescapeBlocks unescapes src until little more than a lane is left, or up to the first byte that is neither
// text nor the escape of one byte. It returns how many bytes it read and wrote. dst needs room for all of src.
//
//go:noescape
func unescapeBlocks(dst, src []byte, k *vbmi2) (taken, given int)

func (k *vbmi2) escape(dst, src []byte) []byte {
	dst = slices.Grow(dst, 6*len(src)+lane)
	taken, given := escapeBlocks(dst[len(dst):cap(dst)], src, k)
	return k.swar.escape(dst[:len(dst)+given], src[taken:])
}

func (k *vbmi2) unescape(dst, src []byte) (out []byte, taken int, closed bool, err error) {
	out = slices.Grow(dst, len(src)+8)
	for {
		n, given := unescapeBlocks(out[len(out):cap(out)], src[taken:], k)
		out, taken = out[:len(out)+given], taken+n
		// A whole lane and not one escape only, because rare escapes come in groups.
		out, n, closed, err = k.swar.unescape(out, src[taken:min(taken+lane, len(src))])
		taken += n
		if closed || err != nil || n == 0 {
			return out, taken, closed, err
		}
	}
}
