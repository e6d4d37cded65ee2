package project

import (
	"maps"
	"slices"
	"time"
	"unicode/utf8"
)

// Registry says where on this machine which project is. It is a value: what changes it returns another
// Registry and leaves this one as it was. The zero Registry is empty. A folder belongs to one project at
// most; paths are compared as this system's file systems compare them.
type Registry struct {
	projects map[Key]entry // never changed once it is in a Registry, nor are the slices in it
}

type entry struct {
	cwds      []string // sorted
	localOnly bool
	used      int64 // milliseconds since 1970
}

// Register returns the registry in which cwd is a folder of the project, used at now; a folder that was
// another project's moves. It reports whether that is a change. cwd is to be as Place.Cwd has it. A path
// that is not UTF-8 cannot be written in the file, and is not taken.
func (r Registry) Register(key Key, cwd string, now time.Time) (Registry, bool) {
	if cwd == "" || !utf8.ValidString(cwd) {
		return r, false
	}
	out, changed := r.Attach(key, cwd)
	e := out.projects[key]
	// A clock that was set back must not make the project look older than it is.
	if ms := now.UnixMilli(); ms > e.used {
		e.used = ms
		return out.with(key, e), true
	}
	return out, changed
}

// Attach is Register for a folder that a person chose: it does not count as used.
func (r Registry) Attach(key Key, cwd string) (Registry, bool) {
	if cwd == "" || !utf8.ValidString(cwd) {
		return r, false
	}
	owner, ok := r.KeyOf(cwd)
	if ok && owner == key {
		return r, false
	}
	if ok {
		r, _ = r.Detach(owner, cwd)
	}
	e := r.projects[key]
	e.cwds = slices.Sorted(slices.Values(append(slices.Clone(e.cwds), cwd)))
	return r.with(key, e), true
}

// Detach returns the registry in which cwd is no folder of the project. The project stays, if without
// folders.
func (r Registry) Detach(key Key, cwd string) (Registry, bool) {
	e := r.projects[key]
	kept := slices.DeleteFunc(slices.Clone(e.cwds), func(c string) bool { return samePath(c, cwd) })
	if len(kept) == len(e.cwds) {
		return r, false
	}
	e.cwds = kept
	return r.with(key, e), true
}

// Forget returns the registry without the project.
func (r Registry) Forget(key Key) (Registry, bool) {
	if _, ok := r.projects[key]; !ok {
		return r, false
	}
	projects := maps.Clone(r.projects)
	delete(projects, key)
	return Registry{projects}, true
}

// SetLocalOnly returns the registry in which the project's sessions stay on this machine, or do not. A
// project that was unknown becomes known by staying.
func (r Registry) SetLocalOnly(key Key, localOnly bool) (Registry, bool) {
	e := r.projects[key]
	if e.localOnly == localOnly {
		return r, false
	}
	e.localOnly = localOnly
	return r.with(key, e), true
}

// with is the only place where a Registry is made: the map is copied, never shared with one that changes.
func (r Registry) with(key Key, e entry) Registry {
	projects := maps.Clone(r.projects)
	if projects == nil {
		projects = make(map[Key]entry, 1)
	}
	projects[key] = e
	return Registry{projects}
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

// KeyAt returns the key by which a place goes on this machine: its own, or, where it has no remote to tell,
// that of the project without a remote that a person has chosen it for.
func (r Registry) KeyAt(p Place) Key {
	if chosen, ok := r.KeyOf(p.Cwd); ok && chosen.ByName() && p.Key.ByName() {
		return chosen
	}
	return p.Key
}

// KeyOf returns the project whose folder cwd is. A folder inside a project's folder is not the project's.
func (r Registry) KeyOf(cwd string) (Key, bool) {
	for key, e := range r.projects {
		if slices.ContainsFunc(e.cwds, func(c string) bool { return samePath(c, cwd) }) {
			return key, true
		}
	}
	return "", false
}
