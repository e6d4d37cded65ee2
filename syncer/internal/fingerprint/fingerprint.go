// Package fingerprint remembers the first bytes of a transcript by their hashes, so that a transcript that has
// only grown need not be compared again, and its pack need not be made anew.
//
// It does not promise that an equal MatchesEnds means equal bytes: that reads the ends only. Equal All does.
package fingerprint

import (
	"errors"
	"io"
	"runtime"

	"claude-sync/syncer/internal/dir"

	"github.com/zeebo/xxh3"
)

// Fingerprint stands for the first Size bytes of a transcript. The zero value stands for nothing.
type Fingerprint struct {
	Size int64
	Ends uint64       // XXH3 of the first and last 64 KB of these bytes
	All  xxh3.Uint128 // Hash of all of them
}

// edgeSize is how much MatchesEnds reads of the beginning and of the end.
const edgeSize = 64 << 10

// MinSize is from which size on a fingerprint pays: a shorter transcript is compared as quickly.
const MinSize = 1 << 20

// TestMinSize replaces MinSize for a test whose sessions are short, if it is not 0.
var TestMinSize int64

// Pays reports whether a fingerprint of so many bytes pays.
func Pays(size int64) bool {
	if TestMinSize > 0 {
		return size >= TestMinSize
	}
	return size >= MinSize
}

// Of returns the fingerprint of the first size bytes.
func Of(r io.ReaderAt, size int64) (Fingerprint, error) {
	ends, err := hashEnds(r, size)
	if err != nil {
		return Fingerprint{}, err
	}
	all, err := Hash(r, size)
	return Fingerprint{size, ends, all}, err
}

// MatchesEnds checks the ends only: r, a transcript of the given size, begins with the bytes of f as far as their
// first and last 64 KB tell. A scan may rely on it; before a write, compare Hash with f.All.
func (f Fingerprint) MatchesEnds(r io.ReaderAt, size int64) bool {
	if f.Size == 0 || size < f.Size {
		return false
	}
	ends, err := hashEnds(r, f.Size)
	return err == nil && ends == f.Ends
}

// blockSize is the part of a transcript that gets a hash of its own, so that several processors can share the
// work: if the file system shares the bytes of copies, a push of a grown session waits for hashing alone.
const blockSize = 4 << 20

// Hash is the XXH3 of the XXH3s of the first size bytes in blocks of 4 MiB.
func Hash(r io.ReaderAt, size int64) (xxh3.Uint128, error) {
	blocks := int((size + blockSize - 1) / blockSize)
	sums, failed := make([][16]byte, blocks), make([]error, blocks)
	workers := min(blocks, runtime.GOMAXPROCS(0), 4)
	dir.Each(workers, func(worker int) {
		buf, h := make([]byte, min(256<<10, size)), xxh3.New()
		for i := worker; i < blocks; i += workers {
			at := int64(i) * blockSize
			sums[i], failed[i] = hashBlock(h, buf, r, at, min(blockSize, size-at))
		}
	})
	h := xxh3.New()
	for i, sum := range sums {
		if failed[i] != nil {
			return xxh3.Uint128{}, failed[i]
		}
		h.Write(sum[:])
	}
	return h.Sum128(), nil
}

func hashBlock(h *xxh3.Hasher, buf []byte, r io.ReaderAt, at, size int64) ([16]byte, error) {
	h.Reset()
	for read := int64(0); read < size; {
		part := buf[:min(int64(len(buf)), size-read)]
		n, err := r.ReadAt(part, at+read)
		if n < len(part) {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return [16]byte{}, err
		}
		h.Write(part)
		read += int64(n)
	}
	return h.Sum128().Bytes(), nil
}

func hashEnds(r io.ReaderAt, size int64) (uint64, error) {
	h := xxh3.New()
	for _, at := range []int64{0, max(0, size-edgeSize)} {
		n, err := io.Copy(h, io.NewSectionReader(r, at, min(edgeSize, size)))
		if err == nil && n < min(edgeSize, size) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, err
		}
	}
	return h.Sum64(), nil
}
