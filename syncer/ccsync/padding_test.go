package ccsync

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A sync client that compares blocks finds nearly all of a machine's first pack of a session in another machine's.
func TestPacksOfTwoMachinesShareTheirBlocks(t *testing.T) {
	const block = 128 << 10
	desk, lap := header(), header()
	lap.MachineName, lap.OriginalCwd, lap.ExportedAt = "the old laptop in the kitchen", "/home/you/src/github.com/you/myapp", 1715390000000
	text := strings.Repeat(typical(), 8)
	a, b := pack(t, desk, text), pack(t, lap, text+`{"type":"user"}`+"\n")
	if at, other := bytes.Index(a, []byte(`"{\"parent`)), bytes.Index(b, []byte(`"{\"parent`)); at != other || at+1 != headRoom {
		t.Errorf("the transcripts begin at %d and %d, want %d", at+1, other+1, headRoom)
	}
	there := slices.Collect(slices.Chunk(a, block))
	fresh := 0
	for i, have := range slices.Collect(slices.Chunk(b, block)) {
		if i >= len(there) || !bytes.Equal(have, there[i]) {
			fresh++
		}
	}
	if len(there) < 50 || fresh > 2 {
		t.Errorf("%d of %d blocks are new, want 2 at most", fresh, len(there))
	}
	t.Logf("%d of %d blocks of 128 KiB are new", fresh, len(there))
}

// Every header is legal JSON and ends at a multiple of headRoom, also where it just fits or just does not.
func TestHeadersEndAtAMultiple(t *testing.T) {
	for n := range 2 * headRoom {
		h := header()
		h.OriginalCwd = strings.Repeat("x", n)
		b := pack(t, h, "a\n")
		p, err := Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		short, _ := h.unpadded(newKernel())
		if need := int64(len(short)) + 1; p.body%headRoom != 0 || p.body < need || p.body-need >= headRoom || !json.Valid(b) {
			t.Fatalf("a header of %d bytes ends at %d", need, p.body)
		}
	}
}

// unpadded returns a pack as older versions wrote it: without the spaces before the transcript.
func unpadded(b []byte) []byte {
	return regexp.MustCompile(`"jsonl": +`).ReplaceAll(b, []byte(`"jsonl": `))
}

// A pack of an older version is read, and grows in its own form: in the new one, a sync client would send all of it.
func TestPackOfAnOlderVersionIsReadAndGrows(t *testing.T) {
	const was, is = "{\"a\":1}\n", "{\"a\":1}\n{\"b\":2}\n"
	old := unpadded(pack(t, header(), was))
	if _, got, err := unpack(old); err != nil || got != was || len(old) > 400 {
		t.Fatalf("read as %q, %v", got, err)
	}
	p, err := Open(bytes.NewReader(old), int64(len(old)))
	if err != nil {
		t.Fatal(err)
	}
	now, longer := header(), header()
	now.ExportedAt++
	longer.MachineName += "!"
	w := &memory{b: slices.Clone(old)}
	if _, err := p.Extend(w, now, strings.NewReader(is), int64(len(was)), int64(len(is)), io.Discard); err != nil {
		t.Fatal(err)
	}
	if want := unpadded(pack(t, now, is)); !bytes.Equal(w.b, want) {
		t.Errorf("it became %q, want %q", w.b, want)
	}
	if _, err := p.Extend(w, longer, strings.NewReader(is), int64(len(was)), int64(len(is)), io.Discard); !errors.Is(err, ErrNotExtendable) {
		t.Errorf("a longer header: got %v", err)
	}
}

// A pack still grows in place if the checkout has moved, as long as the padding has room for the new path.
func TestPackGrowsWithAnotherHeader(t *testing.T) {
	for _, cwd := range []string{"/x", header().OriginalCwd + "/more"} {
		h := header()
		h.OriginalCwd = cwd
		got, err := extended(t, "{}\n{}\n", 3, h)
		if err != nil || !bytes.Equal(got, pack(t, h, "{}\n{}\n")) {
			t.Errorf("in %s: %v, or it is another pack", cwd, err)
		}
	}
}
