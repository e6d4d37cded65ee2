package ccsync

import (
	"slices"

	"golang.org/x/sys/cpu"
)

// newKernel returns the fastest kernel there is for this processor.
func newKernel() kernel {
	// Processors with VBMI2 (Intel's since Ice Lake, AMD's since Zen 4) have the others as well. Package cpu
	// says no where the system does not keep these registers.
	if x := &cpu.X86; x.HasAVX512VBMI2 && x.HasAVX512VBMI && x.HasAVX512BW && x.HasBMI1 && x.HasBMI2 && x.HasPOPCNT {
		return newVBMI2()
	}
	return newSWAR()
}

// lane is how many bytes the loops in assembly look at in one go: a register's.
const lane = 64

// vbmi2 is the kernel for processors with AVX-512 VBMI2. Its loops are in assembly; what does not fill a
// register is left to the portable kernel, and so is what ends or breaks a string.
type vbmi2 struct {
	swar
	letters [128]byte // the letter of each character's two-byte escape, none without one, 0 for what needs none
	meant   [128]byte // what a backslash and this letter stand for; 0 when nothing, or not that alone
	digit   [128]byte // what each hexadecimal digit is worth, none for all that is none
	lowest  [64]byte  // by the lowest six bits of a UTF-8 sequence's first byte: its lowest second byte,
	choice  [64]byte  // and how many there are from that one on
}

// none stands in the tables where there is nothing.
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
	for first := 0xC2; first <= 0xF4; first++ { // those below make overlong forms, those above nothing
		low, high := 0x80, 0xBF
		switch first {
		case 0xE0:
			low = 0xA0 // below it are overlong forms
		case 0xED:
			high = 0x9F // above it are surrogates
		case 0xF0:
			low = 0x90 // below it are overlong forms
		case 0xF4:
			high = 0x8F // above it is no Unicode
		}
		k.lowest[first&0x3F], k.choice[first&0x3F] = byte(low), byte(high-low+1)
	}
	return k
}

// escapeBlocks escapes src but for a lane or less, and returns how much it took and gave. Dst must have room
// for six bytes for each of src, and a lane.
//
//go:noescape
func escapeBlocks(dst, src []byte, k *vbmi2) (taken, given int)

// unescapeBlocks unescapes src until little more than a lane is left, or until something that is neither text
// nor the escape of one byte, and returns how much it took and gave. Dst must have room for all of src.
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
		// More than one escape, because where there is one that is rare, there are others.
		out, n, closed, err = k.swar.unescape(out, src[taken:min(taken+lane, len(src))])
		taken += n
		if closed || err != nil || n == 0 {
			return out, taken, closed, err
		}
	}
}
