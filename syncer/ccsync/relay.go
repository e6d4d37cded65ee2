package ccsync

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// wideBlock is the block size for several goroutines: big enough to make handing over cheap, and small enough
// for the second-level cache and for little memory.
const wideBlock = 256 << 10

// relay calls work for each block of a file, several at once, beginning with block 0. It returns the error of
// the first failed block in file order. The caller's goroutine is one of the workers.
func (r *Room) relay(blocks int64, work func(block int64, b *buffers) error) error {
	var (
		next   atomic.Int64
		all    sync.WaitGroup
		mu     sync.Mutex // guards failed and first
		failed = blocks
		first  error
	)
	worker := func() {
		b := r.take()
		defer r.give(b)
		for block := next.Add(1) - 1; block < blocks; block = next.Add(1) - 1 {
			err := work(block, b)
			if err == nil {
				continue
			}
			mu.Lock()
			if block < failed {
				failed, first = block, err
			}
			mu.Unlock()
			return
		}
	}
	for range min(blocks, int64(runtime.GOMAXPROCS(0))+1, 4) - 1 {
		all.Go(worker)
	}
	worker()
	all.Wait()
	return first
}

// Room keeps the memory of packing and unpacking for the next session, because for short sessions allocating
// costs more than escaping. The zero Room is ready for use; a nil Room keeps nothing. Several goroutines may
// share a Room.
type Room struct {
	mu     sync.Mutex // guards the rest
	free   []*buffers
	kernel kernel
}

// tables returns the kernel. It is kept, because making its tables takes longer than writing a header.
func (r *Room) tables() kernel {
	if r == nil {
		return newKernel()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kernel == nil {
		r.kernel = newKernel()
	}
	return r.kernel
}

func (r *Room) take() *buffers {
	if r == nil {
		return &buffers{}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	last := len(r.free) - 1
	if last < 0 {
		return &buffers{}
	}
	b := r.free[last]
	r.free = r.free[:last]
	return b
}

func (r *Room) give(b *buffers) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free = append(r.free, b)
}

// buffers belong to one goroutine, which uses them for each of its blocks.
type buffers struct{ in, out, other []byte }

// sized returns *b with n bytes of any content.
func sized(b *[]byte, n int64) []byte {
	if int64(cap(*b)) < n {
		*b = make([]byte, n)
	}
	return (*b)[:n]
}

// baton passes state from block to block in order. The first error stops it.
type baton[T any] struct {
	mu    sync.Mutex // guards the rest
	moved sync.Cond
	block int64 // the block that has its turn next
	state T
	err   error
}

func newBaton[T any](start T) *baton[T] {
	b := &baton[T]{state: start}
	b.moved.L = &b.mu
	return b
}

// turn waits until all earlier blocks had their turn, and calls do. Every started block must call turn, or the
// later blocks wait for ever; a failed block returns its error from do.
func (b *baton[T]) turn(block int64, do func(*T) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.block != block && b.err == nil {
		b.moved.Wait()
	}
	if b.err != nil {
		return b.err
	}
	b.block++
	b.err = do(&b.state)
	b.moved.Broadcast()
	return b.err
}
