package ccsync

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// kernels returns the portable kernel, and the one for this processor if it has another.
func kernels() map[string]kernel {
	all := map[string]kernel{"portable": newSWAR()}
	if k := newKernel(); !portable(k) {
		all["fast"] = k
	}
	return all
}

func portable(k kernel) bool {
	_, is := k.(*swar)
	return is
}

// needFast skips the test if the processor has only the portable kernel.
func needFast(t testing.TB) kernel {
	t.Helper()
	k := newKernel()
	if portable(k) {
		t.Skip("this processor has the portable kernel alone")
	}
	return k
}

// All tests of packs also pass with the portable kernel, on processors that would choose another.
func TestAllHoldsWithThePortableKernel(t *testing.T) {
	needFast(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	again := exec.Command(self, "-test.v", "-test.skip", "TestAppendingChangesFewBlocks") // which packs half a gigabyte
	again.Env = append(os.Environ(), "GODEBUG="+os.Getenv("GODEBUG")+",cpu.avx512vbmi2=off")
	out, err := again.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// This test was skipped there, which proves that it had the portable kernel.
	if !strings.Contains(string(out), "--- SKIP: "+t.Name()) || !strings.Contains(string(out), "--- PASS: TestTranscriptComesBackByteForByte") {
		t.Fatalf("the tests did not run with the portable kernel:\n%s", out)
	}
}

// outcome is all that a kernel returns.
type outcome struct {
	text   string
	taken  int
	closed bool
	err    string
}

const before = "before" // the buffer's content before

// escaped and unescaped let k write into a buffer that has exactly the room that k asks for, and check that k
// stays inside.
func escaped(t testing.TB, k kernel, src []byte) outcome {
	t.Helper()
	return guarded(t, 6*len(src)+64, func(dst []byte) ([]byte, outcome) {
		out := k.escape(dst, src)
		return out, outcome{}
	})
}

func unescaped(t testing.TB, k kernel, src []byte) outcome {
	t.Helper()
	return guarded(t, len(src)+8, func(dst []byte) ([]byte, outcome) {
		out, taken, closed, err := k.unescape(dst, src)
		o := outcome{taken: taken, closed: closed}
		if err != nil {
			o.err = err.Error()
		}
		return out, o
	})
}

func guarded(t testing.TB, room int, do func(dst []byte) ([]byte, outcome)) outcome {
	t.Helper()
	const guard = 0xA5
	all := bytes.Repeat([]byte{guard}, len(before)+room+2*lanes)
	dst := append(all[:0:len(before)+room], before...)
	out, o := do(dst)
	if &out[0] != &all[0] {
		t.Fatalf("asked for more room than %d", room)
	}
	if behind := all[cap(dst):]; bytes.Count(behind, []byte{guard}) != len(behind) {
		t.Fatalf("wrote behind the room: % x", behind)
	}
	o.text = string(out)
	return o
}

// lanes is longer than the bytes that any kernel handles at a time.
const lanes = 64

// agree compares a kernel with the portable one.
func agree(t testing.TB, k kernel, src []byte) {
	t.Helper()
	slow := newSWAR()
	if got, want := escaped(t, k, src), escaped(t, slow, src); got != want {
		t.Fatalf("%q is escaped as\n%q, by the portable kernel as\n%q", src, got.text, want.text)
	}
	if got, want := unescaped(t, k, src), unescaped(t, slow, src); got != want {
		t.Fatalf("%q is unescaped as\n%+v, by the portable kernel as\n%+v", src, got, want)
	}
}

// pieces are all parts of texts and string bodies that kernels treat specially.
func pieces() []string {
	return []string{"\n", "\t", "\r", "\b", "\f", "\x00", "\x01", "\x1c", "\x1f", " ", "!", "\"", "/", "[", "]", "\x7f",
		`\`, `\\`, `\\\`, `\"`, `\n`, `\/`, `\b`, `\f`, `\r`, `\t`, `\x`, `\u`, `\u00`, `\u001b`, `\u007f`, `\u00e9`, `\u65e5`, `\u1141`, `\uec80`, `\udd80`, `\v0041`, `\u001B`, `\uDCFF`,
		`\udc80`, `\udcff`, `\udc7f`, `\ud83d\ude00`, `\ud83d`, `\ude00`, `\u00g0`, `\u0g00`, `\ug000`, `\u000g`, "\\\xee", "\\\xa2", "\\\n",
		"é", "日", "😀", "\u2028", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff",
		"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xe6\x97", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}
}

// mixed returns n bytes; one in so many of them is not plain.
func mixed(r *rand.Rand, n, rare int) []byte {
	var b []byte
	for all := pieces(); len(b) < n; {
		switch {
		case r.IntN(rare) > 0:
			b = append(b, 'a'+byte(r.IntN(26)))
		case r.IntN(8) == 0:
			b = append(b, byte(r.Uint32()))
		default:
			b = append(b, all[r.IntN(len(all))]...)
		}
	}
	return b[:n]
}

// Texts of every length up to a few lanes, at every offset in a lane.
func TestKernelsAgree(t *testing.T) {
	k := needFast(t)
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 300 {
		for _, rare := range []int{1, 2, 5, 20, 100} {
			at := r.IntN(lanes)
			for range 4 {
				agree(t, k, mixed(r, at+n, rare)[at:])
			}
		}
	}
}

// Every kind of broken sequence, at every offset in a lane.
func TestKernelsAgreeOnEverySequence(t *testing.T) {
	k, slow := needFast(t), newSWAR()
	text, at := bytes.Repeat([]byte("a"), 3*lanes), 0
	var got, want []byte
	for first := 0x80; first < 0x100; first++ {
		for second := range 0x100 {
			for _, rest := range []string{"\x7f\x80", "\x80\x7f", "\x80\x80", "\xbf\xc2", "\xc0\x80", "\xbf\xbf", "\"\xbf"} {
				place := append(text[:at], byte(first), byte(second), rest[0], rest[1])
				got, want = k.escape(got[:0], text), slow.escape(want[:0], text)
				if !bytes.Equal(got, want) {
					t.Fatalf("%q is escaped as\n%q, by the portable kernel as\n%q", text, got, want)
				}
				copy(place[at:], "aaaa")
				at = (at + 1) % (lanes + 8)
			}
		}
	}
}

// Every valid escape and many invalid ones, at every offset in a lane.
func TestKernelsAgreeOnEveryEscape(t *testing.T) {
	k, at := needFast(t), 0
	var escapes []string
	for unit := range 0x10000 {
		escapes = append(escapes, fmt.Sprintf(`\u%04x`, unit))
	}
	for letter := range 0x100 {
		escapes = append(escapes, string([]byte{'\\', byte(letter)})+"0041", string([]byte{'\\', byte(letter)})+"dc80")
	}
	for digit := range 0x100 {
		for i := 2; i < 6; i++ {
			for _, escape := range [][]byte{[]byte(`\u0041`), []byte(`\udc80`)} {
				escape[i] = byte(digit)
				escapes = append(escapes, string(escape))
			}
		}
	}
	slow, text := newSWAR(), bytes.Repeat([]byte("a"), 3*lanes)
	for _, escape := range escapes {
		copy(text[at:], escape)
		got, taken, closed, err := k.unescape(nil, text)
		want, wantTaken, wantClosed, wantErr := slow.unescape(nil, text)
		if !bytes.Equal(got, want) || taken != wantTaken || closed != wantClosed || fmt.Sprint(err) != fmt.Sprint(wantErr) {
			t.Fatalf("%q is unescaped as\n%q, %d, %v, %v, by the portable kernel as\n%q, %d, %v, %v", text, got, taken, closed, err, want, wantTaken, wantClosed, wantErr)
		}
		copy(text[at:], "aaaaaa")
		at = (at + 1) % (lanes + 8)
	}
}

func FuzzKernelsAgree(f *testing.F) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, rare := range []int{1, 3, 10, 50} {
		f.Add(mixed(r, 200, rare), uint8(rare))
	}
	for _, piece := range pieces() {
		f.Add([]byte(strings.Repeat("a", 60)+piece+strings.Repeat("a", 60)), uint8(0))
	}
	k := needFast(f)
	f.Fuzz(func(t *testing.T, src []byte, at uint8) {
		// The fuzzer cannot know that the loops need more than a lane.
		long := append(bytes.Repeat([]byte("a"), int(at)), bytes.Repeat(src, 1+200/(1+len(src)))...)
		agree(t, k, src)
		agree(t, k, long)
		agree(t, k, long[at:])
		packed := escaped(t, k, long)
		back, taken, closed, err := k.unescape(nil, []byte(packed.text[len(before):]))
		if err != nil || closed || taken != len(packed.text)-len(before) || !bytes.Equal(back, long) {
			t.Fatalf("%q came back as %q, %d, %v", long, back, taken, err)
		}
	})
}

func BenchmarkKernel(b *testing.B) {
	for content, text := range contents() {
		for name, k := range kernels() {
			p := &packing{kernel: k}
			packed := p.escape(nil, []byte(text))
			b.Run("escape/"+content+"/"+name, func(b *testing.B) {
				var out []byte
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					for rest := []byte(text); len(rest) > 0; {
						n := cutBack(rest, min(wideBlock, len(rest)))
						out, rest = p.escape(out[:0], rest[:n]), rest[n:]
					}
				}
			})
			b.Run("unescape/"+content+"/"+name, func(b *testing.B) {
				var out []byte
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					for rest, n := packed, 0; len(rest) > 0; rest = rest[n:] {
						out, n, _, _ = k.unescape(out[:0], rest[:min(wideBlock, len(rest))])
					}
				}
			})
		}
	}
}
