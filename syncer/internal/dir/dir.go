// Package dir lists folders together with what the file system keeps beside each file, several folders at
// once. It opens no file, follows no symbolic link, and does not promise that what it lists is still there.
package dir

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Entry is one file of a folder.
type Entry struct {
	Name string
	Info fs.FileInfo // as os.Lstat has it
	Err  error       // why there is no Info
}

// Read lists a folder in the order of names: those that wanted asks for. A file that vanishes meanwhile is
// left out.
func Read(path string, wanted func(name string) bool) ([]Entry, error) {
	d, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	all := make([]Entry, 0, len(names))
	fd := d.Fd()
	for _, name := range names {
		if !wanted(name) {
			continue
		}
		info, err := lstat(d, fd, name)
		if !errors.Is(err, fs.ErrNotExist) {
			all = append(all, Entry{name, info, err})
		}
	}
	slices.SortFunc(all, func(a, b Entry) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

// Each calls do for 0 to n-1, several at once.
func Each(n int, do func(int)) {
	if n <= 1 {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	all.Wait()
}
