package project

import (
	"context"

	"claude-sync/syncer/internal/dir"
)

// Rechecked is what git says now about a registered folder.
type Rechecked struct {
	Cwd      string
	Was      Key      // the project that it is registered for
	Key      Key      // the project that it belongs to now; Was if that is the same
	Checkout Checkout // for Draft.Checked
	Err      error    // why git could not be asked; then Key is Was, and Checkout is empty
}

// Recheck asks git again about each registered folder whose Stamp has changed since Draft.Checked. It returns these
// folders only, in the order of the projects. It skips folders that are gone. The caller moves a folder whose Key is
// not what it Was (Draft.Move), and records each Checkout without an error.
//
// A folder's key is decided when the folder is registered, and stays while one of its remotes has that key.
func Recheck(ctx context.Context, reg Registry) []Rechecked {
	var all []Rechecked
	for _, key := range reg.Keys() {
		for _, cwd := range reg.projects[key].cwds {
			all = append(all, Rechecked{Cwd: cwd, Was: key, Key: key})
		}
	}
	changed := make([]bool, len(all))
	dir.Each(len(all), func(i int) {
		known, ok := reg.Checkout(all[i].Cwd)
		stamp := Stamp(all[i].Cwd)
		changed[i] = stamp != "" && (!ok || stamp != known.Stamp)
	})
	var asked []Rechecked
	var cwds []string
	for i, c := range all {
		if changed[i] {
			asked, cwds = append(asked, c), append(cwds, c.Cwd)
		}
	}
	for i, at := range LocateAll(ctx, cwds) {
		if asked[i].Err = at.Err; at.Err != nil {
			continue
		}
		at.Place.Cwd = cwds[i]
		asked[i].Key, asked[i].Checkout = reg.KeyAt(at.Place), at.Place.Checkout
	}
	return asked
}
