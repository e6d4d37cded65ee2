package project

import (
	"maps"
	"slices"
	"time"

	"claude-sync/syncer/internal/pathid"
)

// Registry says where on this machine each project is. It is a value: a method that changes it returns
// another Registry and leaves this one as it was. The zero Registry is empty. A folder belongs to at most one
// project; paths are compared as this system's file systems compare them.
type Registry struct {
	projects map[Key]entry  // never changed once it is in a Registry, nor are the slices in it
	owners   map[string]Key // by pathid.Of each folder
}

type entry struct {
	cwds      []string // sorted
	localOnly bool
	used      int64 // milliseconds since 1970
}

// Change returns the registry with all changes that edit makes, and reports whether edit changed anything. It
// copies the registry once, however many changes there are.
func (r Registry) Change(edit func(*Draft)) (Registry, bool) {
	d := Draft{reg: r}
	edit(&d)
	return d.reg, d.changed
}

// Register returns the registry in which cwd is a folder of the project, used at now; see Draft.Register.
func (r Registry) Register(key Key, cwd string, now time.Time) (Registry, bool) {
	return r.Change(func(d *Draft) { d.Register(key, cwd, now) })
}

// Attach returns the registry in which cwd is a folder of the project; see Draft.Attach.
func (r Registry) Attach(key Key, cwd string) (Registry, bool) {
	return r.Change(func(d *Draft) { d.Attach(key, cwd) })
}

// Detach returns the registry in which cwd is no folder of the project; see Draft.Detach.
func (r Registry) Detach(key Key, cwd string) (Registry, bool) {
	return r.Change(func(d *Draft) { d.Detach(key, cwd) })
}

// Forget returns the registry without the project.
func (r Registry) Forget(key Key) (Registry, bool) {
	return r.Change(func(d *Draft) { d.Forget(key) })
}

// SetLocalOnly returns the registry in which the project's sessions stay on this machine, or do not; see
// Draft.SetLocalOnly.
func (r Registry) SetLocalOnly(key Key, localOnly bool) (Registry, bool) {
	return r.Change(func(d *Draft) { d.SetLocalOnly(key, localOnly) })
}

// Keys returns all projects, sorted.
func (r Registry) Keys() []Key { return slices.Sorted(maps.Keys(r.projects)) }

// Cwds returns the project's folders, sorted. Some may not exist any more.
func (r Registry) Cwds(key Key) []string { return slices.Clone(r.projects[key].cwds) }

// Has reports whether the project is known, with or without folders.
func (r Registry) Has(key Key) bool {
	_, ok := r.projects[key]
	return ok
}

// LocalOnly reports whether the project's sessions are to stay on this machine.
func (r Registry) LocalOnly(key Key) bool { return r.projects[key].localOnly }

// Used returns when Claude Code was last seen in the project, the zero time when never.
func (r Registry) Used(key Key) time.Time {
	if ms := r.projects[key].used; ms > 0 {
		return time.UnixMilli(ms)
	}
	return time.Time{}
}

// KeyAt returns the key of a place on this machine: its own, except where a person chose a project without a
// remote for a folder without a remote.
func (r Registry) KeyAt(p Place) Key {
	if chosen, ok := r.KeyOf(p.Cwd); ok && chosen.ByName() && p.Key.ByName() {
		return chosen
	}
	return p.Key
}

// KeyOf returns the project whose folder cwd is. A folder inside a project's folder is not the project's.
func (r Registry) KeyOf(cwd string) (Key, bool) {
	key, ok := r.owners[pathid.Of(cwd)]
	return key, ok
}
