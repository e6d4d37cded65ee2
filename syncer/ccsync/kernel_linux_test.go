package ccsync

import (
	"math/rand/v2"
	"syscall"
	"testing"
)

// fenced returns a page of memory between two protected pages.
func fenced(t *testing.T) []byte {
	t.Helper()
	page := syscall.Getpagesize()
	all, err := syscall.Mmap(-1, 0, 3*page, syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(all) })
	if err := syscall.Mprotect(all[page:2*page], syscall.PROT_READ|syscall.PROT_WRITE); err != nil {
		t.Fatal(err)
	}
	return all[page : 2*page : 2*page]
}

// A kernel that reads outside of its text or writes outside of its buffer crashes here.
func TestKernelsKeepToTheirMemory(t *testing.T) {
	in, out := fenced(t), fenced(t)
	r := rand.New(rand.NewPCG(9, 10))
	for name, k := range kernels() {
		for n := range 300 {
			for _, rare := range []int{1, 10, 1000} {
				text := mixed(r, n, rare)
				for _, src := range [][]byte{in[:n], in[len(in)-n:]} {
					copy(src, text)
					escaped := k.escape(out[len(out)-6*n-lanes:][:0], src)
					unescaped, _, _, _ := k.unescape(out[len(out)-n-8:][:0], src)
					if n > 0 && (&escaped[0] != &out[len(out)-6*n-lanes] || len(unescaped) > 0 && &unescaped[0] != &out[len(out)-n-8]) {
						t.Fatalf("%s: asked for more room", name)
					}
				}
			}
		}
	}
}
