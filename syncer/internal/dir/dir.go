// Package dir lists folders together with the metadata of each file, several folders at once. It opens no file,
// follows no symbolic link, and does not promise that a listed file still exists.
package dir

import (
	"io/fs"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"claude-sync/syncer/internal/stamp"
)

// Entry is one file of a folder, as os.Lstat has it.
type Entry struct {
	Name string
	Mode fs.FileMode
	stamp.Stamp
	Away bool  // it is a placeholder: its content is not on this machine
	Err  error // why only Name is set, nil if all is
}

// Names lists the names in a folder for which wanted returns true, sorted.
func Names(path string, wanted func(name string) bool) ([]string, error) {
	d, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return namesIn(d, wanted)
}

// few is how many names are looked at by their paths: to open a folder costs as much as some of them.
const few = 4

// Stat returns the entries of a folder with these names, in their order. Files that vanished are left out.
func Stat(path string, names []string) ([]Entry, error) {
	if len(names) <= few {
		return statFew(path, names), nil
	}
	d, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return stat(d, names), nil
}

// Read is Names and Stat in one.
func Read(path string, wanted func(name string) bool) ([]Entry, error) {
	d, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	names, err := namesIn(d, wanted)
	return stat(d, names), err
}

func namesIn(d *os.File, wanted func(name string) bool) ([]string, error) {
	names, err := d.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !wanted(name) })
	slices.Sort(names)
	return names, nil
}

// Each calls do with the numbers from 0 to n-1, several calls at once.
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
