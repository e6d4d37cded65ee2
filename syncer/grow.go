package syncer

import (
	"errors"
	"io"
	"runtime"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/dir"
	"claude-sync/syncer/transport"

	"github.com/zeebo/xxh3"
)

// standing is how a transcript stands to a pack. Where the pack holds its beginning, it says which: then a
// transcript that has only grown need not be compared again, and its pack need not be made anew.
type standing struct {
	relation Relation
	stem
}

// stem is the first bytes of a transcript, by their hashes. The zero value is none.
type stem struct {
	size int64
	ends uint64       // XXH3 of its first and last 64 KB
	all  xxh3.Uint128 // hashAll of all of it
}

// edge is how much of a transcript's beginning and of its end a look reads, to tell whether it is still there.
const edge = 64 << 10

// worthIt is from which size on a beginning is remembered: what is shorter is read again as quickly.
const worthIt = 1 << 20

// testWorthIt is worthIt unless a test, whose sessions are short, lowers it.
var testWorthIt int64 = worthIt

// stemOf takes the hashes of the first size bytes.
func stemOf(r io.ReaderAt, size int64) (stem, error) {
	ends, err := hashEnds(r, size)
	if err != nil {
		return stem{}, err
	}
	all, err := hashAll(r, size)
	return stem{size, ends, all}, err
}

// hashed is how much of a transcript gets a hash of its own, so that several processors can share the work:
// where the file system copies for nothing, hashing is all that a push of a grown session waits for.
const hashed = 4 << 20

// hashAll is the XXH3 of the XXH3s of the first size bytes in blocks of 4 MiB.
func hashAll(r io.ReaderAt, size int64) (xxh3.Uint128, error) {
	blocks := int((size + hashed - 1) / hashed)
	sums, failed := make([][16]byte, blocks), make([]error, blocks)
	workers := min(blocks, runtime.GOMAXPROCS(0), 4)
	dir.Each(workers, func(worker int) {
		buf, h := make([]byte, min(256<<10, size)), xxh3.New()
		for i := worker; i < blocks; i += workers {
			at := int64(i) * hashed
			sums[i], failed[i] = hashBlock(h, buf, r, at, min(hashed, size-at))
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
	for _, at := range []int64{0, max(0, size-edge)} {
		n, err := io.Copy(h, io.NewSectionReader(r, at, min(edge, size)))
		if err == nil && n < min(edge, size) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, err
		}
	}
	return h.Sum64(), nil
}

// still reports whether ours begins with b as far as its ends tell: enough for a look, and for nothing else.
func (b stem) still(ours Local) bool {
	if b.size == 0 || ours.Size < b.size {
		return false
	}
	ends, err := hashEnds(ours, b.size)
	return err == nil && ends == b.ends
}

// stand compares a transcript with a pack.
func stand(ours Local, p packSource) (standing, error) {
	c, err := Relate(ours, p)
	s := standing{relation: c.Relation}
	if err != nil || !c.byBytes || c.Relation == Behind || c.length < testWorthIt {
		return s, err
	}
	s.stem, err = stemOf(ours, c.length)
	return s, err
}

// grown is how a transcript stands to a pack that has not changed since it stood so to it, when it is the
// same file and has only grown since; false when that cannot be told, as when it was written to and is no
// longer than before.
func (s standing) grown(ours Local) (standing, bool) {
	if s.relation != Same && s.relation != Ahead || ours.Size == s.size || !s.still(ours) {
		return s, false
	}
	s.relation = Ahead
	return s, true
}

// extend makes the new pack from the old one, of which d is to be a copy, and what the transcript has more.
// It reports false, and leaves a draft of no use, when the pack has to be made anew: above all when the
// transcript does not begin with what the old pack was made of. Not a row of the old pack can get lost, as
// all of its text stays.
func (d *packDraft) extend(t *transcript, h ccsync.Header, b stem, measure io.Writer) (bool, error) {
	to, ok := d.Draft.(transport.Copier)
	if !ok || b.size == 0 || t.cut < b.size {
		return false, nil
	}
	// The disk and the processor are busy with different things, so both at once.
	copied := make(chan error, 1)
	go func() { copied <- to.CopyFrom(d.content) }()
	all, err := hashAll(t, b.size)
	if err := errors.Join(err, <-copied); err != nil {
		return false, err
	}
	if all != b.all {
		return false, nil
	}
	_, err = d.old.Extend(d.Draft, h, t, b.size, t.cut, measure)
	if errors.Is(err, ccsync.ErrNotExtendable) {
		return false, nil
	}
	return err == nil, err
}
