package ccsync

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

// memory is a file in memory that several goroutines may write.
type memory struct {
	mu sync.Mutex
	b  []byte
}

func (m *memory) WriteAt(p []byte, off int64) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if need := int(off) + len(p); need > len(m.b) {
		m.b = append(m.b, make([]byte, need-len(m.b))...)
	}
	return copy(m.b[off:], p), nil
}

// packBlocks is Write with blocks of another size.
func packBlocks(t testing.TB, h Header, jsonl string, wide int64) []byte {
	t.Helper()
	var w memory
	var tap bytes.Buffer
	head := h.render(newKernel())
	p := packing{w: &w, src: strings.NewReader(jsonl), to: int64(len(jsonl)), tap: &tap, kernel: newKernel(), wide: wide}
	end, err := p.run(packed{at: int64(len(head))})
	if err != nil {
		t.Fatal(err)
	}
	if tap.String() != jsonl {
		t.Fatal("the tap was shown something else")
	}
	h.LineCount = end.Lines()
	head = h.render(p.kernel)
	w.WriteAt(head, 0)
	return w.b
}

// unpackBlocks is CopyTo with blocks of another size.
func unpackBlocks(b []byte, wide int64) (string, error) {
	p, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return "", err
	}
	var w memory
	u := p.unpacking(io.Discard, func(t *unpacked, text []byte, _ *buffers) error {
		_, err := w.WriteAt(text, t.size)
		return err
	})
	u.wide = wide
	size, err := u.run()
	if err == nil && size != int64(len(w.b)) {
		err = errors.New("the size is not what was written")
	}
	return string(w.b), err
}

// Such small blocks cut every sequence and every escape at every place.
func TestBlocksDoNotShow(t *testing.T) {
	for name, jsonl := range transcripts() {
		for _, wide := range []int64{4, 5, 7, 12, 13, 61, 4096} {
			jsonl := jsonl[:min(len(jsonl), int(wide)*700)]
			want := pack(t, header(), jsonl)
			if got := packBlocks(t, header(), jsonl, wide); !bytes.Equal(got, want) {
				t.Fatalf("%s: packed in blocks of %d it is %q, want %q", name, wide, ends(got), ends(want))
			}
			if got, err := unpackBlocks(want, wide); err != nil || got != jsonl {
				t.Fatalf("%s: unpacked in blocks of %d it is %q, %v", name, wide, ends([]byte(got)), err)
			}
		}
	}
}

func ends(b []byte) []byte { return slices.Concat(b[:min(len(b), 40)], b[max(0, len(b)-40):]) }

func TestWholeFilesGoThroughWriteAndCopyTo(t *testing.T) {
	for name, jsonl := range transcripts() {
		var w, back memory
		var tap bytes.Buffer
		lines, err := Write(&w, header(), strings.NewReader(jsonl), int64(len(jsonl)), &tap)
		if err != nil || !bytes.Equal(w.b, pack(t, header(), jsonl)) || tap.String() != jsonl {
			t.Fatalf("%s: %d lines, %v, or not what an Encoder writes", name, lines, err)
		}
		p, err := Open(bytes.NewReader(w.b), int64(len(w.b)))
		if err != nil {
			t.Fatal(err)
		}
		tap.Reset()
		size, err := p.CopyTo(&back, &tap)
		if err != nil || size != int64(len(jsonl)) || string(back.b) != jsonl || tap.String() != jsonl {
			t.Fatalf("%s: %d bytes came back, %v", name, size, err)
		}
	}
}

// The ends of blocks must not decide whether a pack is accepted, nor for what reason it is refused.
func FuzzBlocksReadAsTheWhole(f *testing.F) {
	f.Add([]byte(`a\n`), uint8(3))
	f.Add([]byte(`\ud83d\ude00\udcff\\\\\\\"\u00e9\u\u12`), uint8(5))
	f.Add([]byte("é日\xff\x01\",\"x\":\"y\\"), uint8(1))
	f.Fuzz(func(t *testing.T, body []byte, size uint8) {
		text := slices.Concat([]byte(`{`+strings.Replace(good, `"lineCount":1`, `"lineCount":0`, 1)+`,"jsonl":"`), body, []byte(`"}`))
		_, want, wantErr := unpack(text)
		got, err := unpackBlocks(text, 4+int64(size))
		if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() && !bothMalformed(err, wantErr) || err == nil && got != want {
			t.Fatalf("%q in blocks of %d: %q, %v; as a whole %q, %v", text, 4+int64(size), got, err, want, wantErr)
		}
	})
}

// bothMalformed: the two may meet another fault first, but both must find one.
func bothMalformed(a, b error) bool {
	var x, y *FormatError
	return errors.As(a, &x) && errors.As(b, &y)
}

func FuzzEscapeIsJSON(f *testing.F) {
	for _, jsonl := range transcripts() {
		f.Add([]byte(jsonl[:min(len(jsonl), 300)]))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for name, k := range kernels() {
			got := k.escape(nil, text)
			if want := stringified(t, text); utf8.Valid(text) && `"`+string(got)+`"` != want {
				t.Fatalf("%s: %q is escaped as %s, encoding/json has %s", name, text, got, want)
			}
			back, taken, closed, err := k.unescape(nil, got)
			if err != nil || closed || taken != len(got) || !bytes.Equal(back, text) {
				t.Fatalf("%s: %q came back as %q, %d of %d, %v", name, text, back, taken, len(got), err)
			}
		}
	})
}

// stringified returns text as JSON.stringify writes it.
func stringified(t *testing.T, text []byte) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(string(text)); err != nil {
		t.Fatal(err)
	}
	// JSON.stringify differs in these two.
	return strings.NewReplacer(`\\`, `\\`, `\u2028`, "\u2028", `\u2029`, "\u2029").Replace(strings.TrimSuffix(b.String(), "\n"))
}

func FuzzUnescapeIsJSON(f *testing.F) {
	f.Add([]byte(`a\n\u00e9\ud83d\ude00\"\/\\`))
	f.Add([]byte(`\ud800 \udc80 \u12`))
	f.Add([]byte("0123456\\u0041789\x01abc"))
	f.Fuzz(func(t *testing.T, body []byte) {
		var want string
		wantErr := json.Unmarshal(slices.Concat([]byte{'"'}, body, []byte{'"'}), &want)
		for name, k := range kernels() {
			got, taken, closed, err := k.unescape(nil, body)
			whole := err == nil && !closed && taken == len(body)
			switch {
			case whole && wantErr != nil:
				t.Fatalf("%s: %q was taken as %q, encoding/json says %v", name, body, got, wantErr)
			case !whole && wantErr == nil && !strings.ContainsRune(want, utf8.RuneError):
				t.Fatalf("%s: %q was not taken (%d, %v, %v), encoding/json reads %q", name, body, taken, closed, err, want)
			case whole && utf8.Valid(body) && utf8.Valid(got) && !bytes.Contains(bytes.ToLower(body), []byte(`\udc`)) && string(got) != want:
				t.Fatalf("%s: %q was read as %q, by encoding/json as %q", name, body, got, want)
			}
		}
	})
}

// Comparing in blocks finds the same as comparing byte by byte, whichever side is longer.
func TestCompareFindsTheFirstDifference(t *testing.T) {
	theirs := typical()
	theirs = strings.Repeat(theirs, 1+3*wideBlock/len(theirs))
	b := pack(t, header(), theirs)
	p, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, 1, wideBlock - 1, wideBlock, wideBlock + 1, len(theirs) / 2, len(theirs) - 1} {
		changed := []byte(theirs)
		changed[at] ^= 1
		n, d, err := p.Compare(bytes.NewReader(changed), int64(len(changed)))
		if err != nil || n != -1 || d == nil || d.At != int64(at) || d.Theirs != theirs[at] || d.From > d.At {
			t.Fatalf("changed at %d: %+v, %v", at, d, err)
		}
		rest, err := io.ReadAll(d.Rest)
		if err != nil || string(rest) != theirs[d.From:] {
			t.Fatalf("changed at %d: what is left has %d bytes, want %d; %v", at, len(rest), len(theirs)-int(d.From), err)
		}
	}
	for _, ours := range []string{"", theirs[:wideBlock], theirs[:len(theirs)-1], theirs, theirs + "more"} {
		n, d, err := p.Compare(strings.NewReader(ours), int64(len(ours)))
		if err != nil || n != int64(len(theirs)) || (d != nil) != (len(ours) < len(theirs)) {
			t.Fatalf("of %d bytes: %d, %+v, %v", len(ours), n, d, err)
		}
		if d == nil {
			continue
		}
		rest, err := io.ReadAll(d.Rest)
		if err != nil || d.At != int64(len(ours)) || d.Theirs != theirs[d.At] || string(rest) != theirs[d.From:] {
			t.Fatalf("of %d bytes: %+v, and %d are left; %v", len(ours), d, len(rest), err)
		}
	}
	if _, _, err := p.Compare(strings.NewReader(theirs), int64(len(theirs)+1)); err != nil {
		t.Errorf("the pack ends before ours is missed: %v", err)
	}
	if _, _, err := p.Compare(strings.NewReader(theirs[:10]), int64(len(theirs))); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("ours is shorter than it says: got %v", err)
	}
}

// Reading and writing fail in one block while others are at work.
func TestBlocksFailAsOne(t *testing.T) {
	jsonl := strings.Repeat(typical(), 3)
	b := pack(t, header(), jsonl)
	p, err := Open(failingAt{bytes.NewReader(b), 2 * wideBlock}, int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.CopyTo(&memory{}, io.Discard); !errors.Is(err, errDisk) {
		t.Errorf("reading: got %v, want the disk's error", err)
	}
	if _, err := Write(&memory{}, header(), failingAt{bytes.NewReader([]byte(jsonl)), 2 * wideBlock}, int64(len(jsonl)), io.Discard); !errors.Is(err, errDisk) {
		t.Errorf("packing: got %v, want the disk's error", err)
	}
	if _, err := Write(fullDisk{}, header(), strings.NewReader(jsonl), int64(len(jsonl)), io.Discard); !errors.Is(err, errDisk) {
		t.Errorf("writing: got %v, want the disk's error", err)
	}
	if _, err := Write(&memory{}, header(), strings.NewReader(jsonl), int64(len(jsonl))+1, io.Discard); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("shorter than it says: got %v", err)
	}
	whole, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := whole.CopyTo(&memory{}, tapped{}); !errors.Is(err, errDisk) {
		t.Errorf("the tap: got %v, want its error", err)
	}
	for n := len(b) - 4; n < len(b); n++ {
		cut, err := Open(bytes.NewReader(b[:n]), int64(n))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cut.CopyTo(&memory{}, io.Discard); !errors.Is(err, ErrTruncated) {
			t.Errorf("first %d of %d bytes: got %v, want ErrTruncated", n, len(b), err)
		}
	}
}

type fullDisk struct{}

func (fullDisk) WriteAt([]byte, int64) (int, error) { return 0, errDisk }

type tapped struct{}

func (tapped) Write([]byte) (int, error) { return 0, errDisk }

func TestEveryHexadecimalDigitIsRead(t *testing.T) {
	d := newDigits()
	for i := range 256 {
		want := uint16(bad)
		if n, err := strconv.ParseUint(string(rune(i)), 16, 8); err == nil {
			want = uint16(n)
		}
		if d[i] != want {
			t.Errorf("%q: got %#x, want %#x", rune(i), d[i], want)
		}
	}
}
