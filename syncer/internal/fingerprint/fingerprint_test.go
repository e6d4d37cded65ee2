package fingerprint

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"slices"
	"testing"

	"github.com/zeebo/xxh3"
)

// Whoever hashes it, on however many processors: the hash is that of the blocks in their order, and of every
// byte in them.
func TestHashIsOfAllBlocksInTheirOrder(t *testing.T) {
	text := make([]byte, 2*blockSize+5)
	for i := range text {
		text[i] = byte(i>>12 + i/blockSize)
	}
	sum := func(b []byte, processors int) xxh3.Uint128 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		s, err := Hash(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	want := sum(text, 1)
	if sum(text, 3) != want {
		t.Error("it is another one on three processors")
	}
	seen := map[xxh3.Uint128]bool{want: true, sum(text[:len(text)-1], 1): true, sum(append(slices.Clone(text[blockSize:2*blockSize]), slices.Concat(text[:blockSize], text[2*blockSize:])...), 1): true}
	for _, at := range []int{0, blockSize - 1, blockSize, 2*blockSize - 1, 2 * blockSize, len(text) - 1} {
		other := slices.Clone(text)
		other[at]++
		seen[sum(other, 2)] = true
	}
	if len(seen) != 9 {
		t.Errorf("%d hashes of 9 texts", len(seen))
	}
	if _, err := Hash(bytes.NewReader(text), int64(len(text))+1); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("one byte too few: got %v", err)
	}
}
