package ccsync

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// wideBlock is how much of a long transcript one goroutine takes at a time: enough to make handing over
// cheap, little enough for the next cache and for a small memory.
const wideBlock = 256 << 10

// relay does work for the blocks of a file, from 0 on, several at once, and returns what went wrong with
// the first of them in their order. The caller's own goroutine is one of those that work.
func (r *Room) relay(blocks int64, work func(block int64, b *buffers) error) error {
	var (
		next   atomic.Int64
		all    sync.WaitGroup
		mu     sync.Mutex // guards the two below
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

// Room is the memory that packing and unpacking need, kept for the next session: where many are short,
// getting it anew costs more than escaping them. The zero value is ready for use, and nil keeps nothing.
// Several goroutines may use one.
type Room struct {
	mu     sync.Mutex // guards the rest
	free   []*buffers
	kernel kernel
}

// tables returns the kernel, whose tables take longer to make than a header to write.
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

// buffers are one goroutine's, used again for each of its blocks.
type buffers struct{ in, out, other []byte }

// sized returns *b with n bytes, which hold anything.
func sized(b *[]byte, n int64) []byte {
	if int64(cap(*b)) < n {
		*b = make([]byte, n)
	}
	return (*b)[:n]
}

// baton is what each block has to know of all before it. It goes from block to block in their order; an
// error ends its way.
type baton[T any] struct {
	mu    sync.Mutex // guards the rest
	moved sync.Cond
	block int64 // whose turn it is
	state T
	err   error
}

func newBaton[T any](start T) *baton[T] {
	b := &baton[T]{state: start}
	b.moved.L = &b.mu
	return b
}

// turn waits until all blocks before this one had their turn, and calls do. Every block that is begun has
// to come here, or those behind it wait for ever; one that failed passes its error on.
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
