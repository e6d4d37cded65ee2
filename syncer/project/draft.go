package project

import (
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"claude-sync/syncer/internal/pathid"
)

// Draft is a copy of a Registry while Registry.Change changes it. Each change reports whether it changed
// anything.
type Draft struct {
	reg     Registry
	changed bool // then reg's maps are the draft's own
}

// Registry returns the registry as it is now. It is valid until the next change.
func (d *Draft) Registry() Registry { return d.reg }

// Register makes cwd, a Place.Cwd, a folder of the project, used at now. If another project had the folder, it
// loses it. Register ignores a path that is not UTF-8, which the file cannot hold.
func (d *Draft) Register(key Key, cwd string, now time.Time) bool {
	if !storable(cwd) {
		return false
	}
	changed := d.Attach(key, cwd)
	// A clock that was set back must not make the project look older.
	e := d.reg.projects[key]
	if ms := now.UnixMilli(); ms > e.used {
		e.used = ms
		d.put(key, e)
		return true
	}
	return changed
}

// Attach is Register for a folder that a person chose: it does not count as used.
func (d *Draft) Attach(key Key, cwd string) bool {
	if !storable(cwd) {
		return false
	}
	owner, ok := d.reg.KeyOf(cwd)
	if ok && owner == key {
		return false
	}
	if ok {
		d.Detach(owner, cwd)
	}
	e := d.reg.projects[key]
	at, _ := slices.BinarySearch(e.cwds, cwd)
	e.cwds = slices.Insert(slices.Clip(e.cwds), at, cwd) // clipped, so that Insert copies
	d.put(key, e)
	d.reg.owners[pathid.Of(cwd)] = key
	return true
}

// Detach makes cwd no folder of the project. The project stays, even without folders.
func (d *Draft) Detach(key Key, cwd string) bool {
	id := pathid.Of(cwd)
	if owner, ok := d.reg.owners[id]; !ok || owner != key {
		return false
	}
	e := d.reg.projects[key]
	e.cwds = slices.DeleteFunc(slices.Clone(e.cwds), func(c string) bool { return pathid.Of(c) == id })
	d.put(key, e)
	delete(d.reg.owners, id)
	return true
}

// Forget removes the project.
func (d *Draft) Forget(key Key) bool {
	e, ok := d.reg.projects[key]
	if !ok {
		return false
	}
	d.own()
	delete(d.reg.projects, key)
	for _, cwd := range e.cwds {
		delete(d.reg.owners, pathid.Of(cwd))
	}
	return true
}

// SetLocalOnly sets whether the project's sessions stay on this machine. It adds an unknown project if they do.
func (d *Draft) SetLocalOnly(key Key, localOnly bool) bool {
	e := d.reg.projects[key]
	if e.localOnly == localOnly {
		return false
	}
	e.localOnly = localOnly
	d.put(key, e)
	return true
}

func storable(cwd string) bool { return cwd != "" && utf8.ValidString(cwd) }

func (d *Draft) put(key Key, e entry) {
	d.own()
	d.reg.projects[key] = e
}

// own copies the registry's maps before the first change.
func (d *Draft) own() {
	if d.changed {
		return
	}
	d.reg.projects, d.reg.owners = maps.Clone(d.reg.projects), maps.Clone(d.reg.owners)
	if d.reg.projects == nil {
		d.reg.projects, d.reg.owners = make(map[Key]entry), make(map[string]Key)
	}
	d.changed = true
}
