package project

import (
	"cmp"
	"context"
	"path/filepath"

	"claude-sync/syncer/internal/dir"
)

// Rechecked is what git says now about a registered folder.
type Rechecked struct {
	Cwd      string
	Gone     bool     // the folder is gone; what git says is of the checkout that it was in
	Was      Key      // the project that it is registered for
	Key      Key      // the project that it belongs to now; Was if that is the same
	Checkout Checkout // for Draft.Checked
	Err      error    // why git could not be asked; then Key is Was, and Checkout is empty
}

// Recheck asks git again about each registered folder whose Stamp has changed since Draft.Checked. It returns these
// folders only, in the order of the projects. The caller moves a folder whose Key is not what it Was (Draft.Move), and
// records each Checkout without an error.
//
// A folder's key is decided when the folder is registered, and stays while one of its remotes has that key. A linked work
// tree that is gone, and a folder that is gone and lay below a registered one, have the key of the checkout that they were
// in: with its former key as their own, they would take the packs that other machines make under that. Other folders
// that are gone keep theirs.
func Recheck(ctx context.Context, reg Registry) []Rechecked {
	var all []Rechecked
	for _, key := range reg.Keys() {
		for _, cwd := range reg.projects[key].cwds {
			all = append(all, Rechecked{Cwd: cwd, Was: key, Key: key})
		}
	}
	at := make([]string, len(all)) // where git is to be asked, "" for nowhere
	dir.Each(len(all), func(i int) { at[i] = all[i].lookAt(reg) })
	var asked []Rechecked
	var cwds []string
	for i, c := range all {
		if at[i] != "" {
			c.Gone = at[i] != c.Cwd
			asked, cwds = append(asked, c), append(cwds, at[i])
		}
	}
	for i, located := range LocateAll(ctx, cwds) {
		asked[i].take(reg, located)
	}
	return asked
}

// lookAt returns where git is to be asked about a folder, "" if nothing has changed there.
func (c *Rechecked) lookAt(reg Registry) string {
	known, ok := reg.Checkout(c.Cwd)
	at := c.Cwd
	stamp := Stamp(at)
	if stamp == "" {
		at = cmp.Or(known.Main, around(reg, c.Cwd, c.Was))
		stamp = Stamp(at)
	}
	if stamp == "" || ok && stamp == known.Stamp {
		return ""
	}
	return at
}

// around returns the nearest registered folder around a folder of a project, "" if there is none or it is of another
// repository.
func around(reg Registry, cwd string, of Key) string {
	for up := filepath.Dir(cwd); up != cwd; up = filepath.Dir(cwd) {
		if key, known := reg.KeyOf(up); known && key.Repository() == of.Repository() {
			return up
		} else if known {
			return ""
		}
		cwd = up
	}
	return ""
}

// take takes in what git said.
func (c *Rechecked) take(reg Registry, said Located) {
	if c.Err = said.Err; c.Err != nil {
		return
	}
	said.Place.Cwd = c.Cwd
	key := reg.KeyAt(said.Place)
	if !c.Gone {
		c.Key, c.Checkout = key, said.Place.Checkout
		return
	}
	c.Checkout, _ = reg.Checkout(c.Cwd)
	c.Checkout.Stamp = said.Place.Checkout.Stamp
	if moved, err := key.Repository().below(c.Was.Subdir()); err == nil && said.Place.InRepository {
		c.Key = moved
	}
}
