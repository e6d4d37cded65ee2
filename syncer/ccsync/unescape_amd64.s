#include "go_asm.h"
#include "textflag.h"

// See escape_amd64.s for how to read this.
#define fill(byte, reg) MOVL $byte, AX; VPBROADCASTB AX, reg

// func unescapeBlocks(dst, src []byte, k *vbmi2) (taken, given int)
TEXT ·unescapeBlocks(SB), NOSPLIT, $0-72
	MOVQ dst_base+0(FP), DI
	MOVQ src_base+24(FP), SI
	MOVQ src_len+32(FP), CX
	MOVQ k+48(FP), DX
	VMOVDQU64 vbmi2_meant(DX), Z16
	VMOVDQU64 (vbmi2_meant+64)(DX), Z17
	VMOVDQU64 vbmi2_digit(DX), Z18
	VMOVDQU64 (vbmi2_digit+64)(DX), Z19
	fill('\\', Z20)
	fill('"', Z21)
	fill(' ', Z22)
	fill('u', Z23)
	fill('0', Z24)
	fill('d', Z25)
	fill('c', Z26)
	MOVQ $0x5555555555555555, DX // the even places

lane:
	MOVQ $64, BX // number of bytes to take
	CMPQ CX, $69 // five more, because an escape may begin at the lane's last byte
	JLT  end
	VMOVDQU64 (SI), Z0
	VPCMPEQB  Z20, Z0, K1
	VPCMPEQB  Z21, Z0, K2
	VPCMPUB   $1, Z22, Z0, K3
	KORQ      K2, K3, K3
	KORTESTQ  K1, K3
	JZ        clean

	// A lane never begins within an escape, so in a run of backslashes the first, third, fifth … escape. Adding
	// the beginnings at even places to the backslashes clears the runs that begin there. What is left are the
	// runs that begin at odd places.
	KMOVQ K1, R8
	KMOVQ K3, R9
	LEAQ  (R8)(R8*1), R10
	ANDNQ R8, R10, R10
	ANDQ  DX, R10
	ADDQ  R8, R10
	XORQ  DX, R10
	ANDQ  R8, R10 // escaping backslashes
	LEAQ  (R10)(R10*1), R11
	KMOVQ R11, K1 // escaped bytes
	ANDNQ R9, R11, R9 // bytes that end the loop
	MOVQ  R10, R11
	SHRQ  $63, R11
	SHLQ  $63, R11
	ORQ   R9, R11 // or that end this lane: an escape that continues behind it is left to the next

	VMOVDQA64 Z0, Z1
	VPERMI2B  Z17, Z16, Z1 // the meanings of the letters, by their low seven bits
	VPTESTNMB Z1, Z1, K1, K2 // letters without a meaning of their own
	VPMOVB2M  Z0, K3
	KANDQ     K1, K3, K3 // or that are not ASCII
	VMOVDQU8  Z1, K1, Z0
	KORTESTQ  K2, K3
	JNZ       another

known:
	NOTQ  R10 // bytes to keep
	TESTQ R11, R11
	JNZ   less // a jump, because the next lane's loads would wait for a BX that is computed

take:
	KMOVQ         R10, K1
	VPCOMPRESSB.Z Z0, K1, Z0
	VMOVDQU64     Z0, (DI)
	POPCNTQ       R10, R10
	ADDQ          R10, DI
	ADDQ          BX, SI
	SUBQ          BX, CX
	BTQ           BX, R9
	JCC           lane

end:
	SUBQ src_base+24(FP), SI
	SUBQ dst_base+0(FP), DI
	MOVQ SI, taken+56(FP)
	MOVQ DI, given+64(FP)
	VZEROUPPER
	RET

less:
	TZCNTQ R11, BX
	BZHIQ  BX, R10, R10
	JMP    take

clean:
	VMOVDQU64 Z0, (DI)
	ADDQ      BX, SI
	ADDQ      BX, DI
	SUBQ      BX, CX
	JMP       lane

another: // Our packs escape a control character or a byte that is not UTF-8 as \u00 or \udc and two digits. Such an
	// escape becomes its byte, and the other five bytes are dropped. The first other escape ends the loop.
	VMOVDQU64 4(SI), Z2
	VMOVDQU64 5(SI), Z3
	VMOVDQA64 Z2, Z4
	VMOVDQA64 Z3, Z5
	VPERMI2B  Z19, Z18, Z4
	VPERMI2B  Z19, Z18, Z5
	VPORQ     Z2, Z3, Z2
	VPORQ     Z4, Z2, Z2
	VPORQ     Z5, Z2, Z2
	VPMOVB2M  Z2, K4 // escapes without two digits there
	VPSLLW    $4, Z4, Z4 // the byte before shifts nothing in: it has the value of a 0 or c
	VPORQ     Z5, Z4, Z4 // the value of the two digits
	VPMOVB2M  Z4, K5
	VPBLENDMB Z25, Z24, K5, Z2 // a d from 0x80 on, else a 0
	VPBLENDMB Z26, Z24, K5, Z3 // a c from 0x80 on, else a 0
	KMOVQ     R10, K6
	KANDNQ    K6, K4, K6
	VPCMPEQB  1(SI), Z23, K6, K6
	VPCMPEQB  2(SI), Z2, K6, K6
	VPCMPEQB  3(SI), Z3, K6, K6
	VMOVDQU8  Z4, K6, Z0 // in place of the backslash
	KMOVQ     K6, AX     // escapes of this form
	KORQ      K2, K3, K3
	KMOVQ     K3, R12
	SHRQ      $1, R12
	ANDNQ     R12, AX, R12 // other escapes
	ORQ       R12, R9
	ORQ       R12, R11
	MOVQ      AX, R12
	SHRQ      $59, R12
	SHLQ      $59, R12
	ORQ       R12, R11 // an escape that continues behind the lane is left to the next
	XORQ      AX, R10
	ADDQ      AX, AX
	MOVQ      AX, R12
	SHLQ      $5, R12
	SUBQ      AX, R12 // the five bytes behind each
	ORQ       R12, R10
	JMP       known
