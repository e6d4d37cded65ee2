#include "go_asm.h"
#include "textflag.h"

// A lane is 64 bytes. A mask, in a K register or a general one, has one bit for each byte, the lowest bit for the
// first byte. The code stores whole lanes; the next store overwrites the bytes that do not count. Operands are in
// Go's order, sources first: VPCMPUB $1, Z2, Z1, K1 is Z1 < Z2 (with $5 it is >=), and ANDNQ A, B, C is C = A &^ B.

// fill sets all bytes of a register to one.
#define fill(byte, reg) MOVL $byte, AX; VPBROADCASTB AX, reg

// func escapeBlocks(dst, src []byte, k *vbmi2) (taken, given int)
TEXT ·escapeBlocks(SB), NOSPLIT, $0-72
	MOVQ dst_base+0(FP), DI
	MOVQ src_base+24(FP), SI
	MOVQ src_len+32(FP), CX
	MOVQ k+48(FP), DX
	VMOVDQU64 vbmi2_letters(DX), Z16
	VMOVDQU64 (vbmi2_letters+64)(DX), Z17
	VMOVDQU64 vbmi2_lowest(DX), Z18
	VMOVDQU64 vbmi2_choice(DX), Z19
	fill(0xC0, Z20)
	fill(0xE0, Z21)
	fill(0xF0, Z22)
	MOVL $0x5C, AX
	VPBROADCASTW AX, Z23 // a backslash and room for a letter, 32 times

lane:
	CMPQ CX, $65 // one byte more, because the code also looks at the byte behind each byte
	JLT  end
	VMOVDQU64 (SI), Z0
	VMOVDQA64 Z0, Z1
	VPERMI2B  Z17, Z16, Z1 // the letters, by the lowest seven bits
	VPMOVB2M  Z0, K1       // bytes that are not ASCII
	VPTESTMB  Z1, Z1, K2   // bytes that need an escape, if they are ASCII
	MOVQ      $64, BX      // number of bytes to take
	KORTESTQ  K1, K2
	JZ        clean
	VPMOVB2M  Z1, K3       // bytes with a longer escape, if they are ASCII
	KMOVQ     K2, R9
	KMOVQ     K3, R10
	KTESTQ    K1, K1
	JZ        ascii

	// UTF-8: a sequence begins with a byte from 0xC0 on (three bytes from 0xE0 on, four from 0xF0 on). The first
	// byte determines the range of the second byte. The third and fourth are any continuation bytes.
	KMOVQ     K1, R8
	VPCMPUB   $5, Z20, Z0, K3
	VPCMPUB   $5, Z21, Z0, K4
	VPCMPUB   $5, Z22, Z0, K5
	VMOVDQU64 1(SI), Z2
	VPERMB    Z18, Z0, Z3
	VPSUBB    Z3, Z2, Z2
	VPERMB    Z19, Z0, Z3
	VPCMPUB   $1, Z3, Z2, K3, K6
	KMOVQ     K3, BX      // first bytes
	KMOVQ     K4, R11     // first bytes of sequences of three and four
	KMOVQ     K5, R12     // first bytes of sequences of four
	KMOVQ     K6, AX      // first bytes with a valid second byte
	ANDNQ     R8, BX, R13 // continuation bytes
	SHRQ      $2, R13
	ANDNQ     R11, R13, DX
	ANDNQ     AX, DX, AX  // and a valid third byte, if they need one
	SHRQ      $1, R13
	ANDNQ     R12, R13, DX
	ANDNQ     AX, DX, AX  // and a valid fourth byte, if they need one
	ANDQ      AX, R11
	ANDQ      AX, R12
	LEAQ      (AX)(AX*2), DX // all bytes of the sequences: first, second, third, fourth
	LEAQ      (DX)(R11*4), DX
	LEAQ      (DX)(R12*8), DX
	ANDNQ     R9, R8, R9
	ANDNQ     R10, R8, R10
	ANDNQ     R8, DX, R8 // bytes that are not UTF-8 have a longer escape
	ORQ       R8, R9
	ORQ       R8, R10
	SHRQ      $61, BX // leave a sequence that begins in the last three bytes to the next lane
	ORQ       $8, BX
	TZCNTQ    BX, BX
	ADDQ      $61, BX
	BZHIQ     BX, R9, R9
	BZHIQ     BX, R10, R10

ascii: // or checked UTF-8: R9 has the bytes that need an escape, R10 those with a longer escape
	TESTQ R10, R10
	JNZ   longer
	TESTQ R9, R9
	JZ    clean

	// Each byte becomes two: a backslash, and the byte or its letter. The code keeps all bytes at odd places, and
	// the backslashes that are needed. The lower half goes to Z2, the upper to Z3.
	KMOVQ         R9, K2
	VMOVDQU8      Z1, K2, Z0
	MOVQ          $0x5555555555555555, AX
	PDEPQ         AX, R9, R11
	SHRQ          $32, R9
	PDEPQ         AX, R9, R12
	NOTQ          AX
	ORQ           AX, R11
	ORQ           AX, R12
	LEAQ          -64(BX)(BX*1), AX
	BZHIQ         AX, R12, R12
	KMOVQ         R11, K1
	KMOVQ         R12, K2
	VPMOVZXBW     Y0, Z2
	VEXTRACTI64X4 $1, Z0, Y3
	VPMOVZXBW     Y3, Z3
	VPSLLW        $8, Z2, Z2
	VPSLLW        $8, Z3, Z3
	VPORQ         Z23, Z2, Z2
	VPORQ         Z23, Z3, Z3
	VPCOMPRESSB.Z Z2, K1, Z2
	VPCOMPRESSB.Z Z3, K2, Z3
	VMOVDQU64     Z2, (DI)
	POPCNTQ       R11, R11
	ADDQ          R11, DI
	VMOVDQU64     Z3, (DI)
	POPCNTQ       R12, R12
	ADDQ          R12, DI
	ADDQ          BX, SI
	SUBQ          BX, CX
	JMP           lane

clean:
	VMOVDQU64 Z0, (DI)
	ADDQ      BX, DI
	ADDQ      BX, SI
	SUBQ      BX, CX
	JMP       lane

longer: // Eight bytes at a time become eight words, each with the byte or its escape. Zeros are dropped.
	MOVQ  k+48(FP), DX
	SUBQ  BX, CX
	MOVQ  $-1, R10
	BZHIQ BX, R10, R10 // bytes to take
	ADDQ  SI, BX       // their end

eight:
	KMOVQ         R10, K1
	VPMOVZXBQ.Z   (SI), K1, Z0
	VMOVDQA64     Z0, Z1
	KMOVQ         R9, K1
	VPGATHERQQ    (vbmi2_swar+swar_escaped)(DX)(Z0*8), K1, Z1
	VPTESTMB      Z1, Z1, K1
	VPCOMPRESSB.Z Z1, K1, Z1
	VMOVDQU64     Z1, (DI)
	KMOVQ         K1, AX
	POPCNTQ       AX, AX
	ADDQ          AX, DI
	ADDQ          $8, SI
	SHRQ          $8, R9
	SHRQ          $8, R10
	JNZ           eight
	MOVQ          BX, SI
	JMP           lane

end:
	SUBQ src_base+24(FP), SI
	SUBQ dst_base+0(FP), DI
	MOVQ SI, taken+56(FP)
	MOVQ DI, given+64(FP)
	VZEROUPPER
	RET
