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
	delete(d.reg.checkouts, id)
	return true
}

// Move gives a registered folder to the project to, because git names another repository there than before. The old
// key becomes a former key of the project, so that Same still holds for both. If the old project has no other
// folder, it becomes a part of the new one. Sessions that were kept on this machine stay so. Move keeps what
// Checked said.
func (d *Draft) Move(cwd string, to Key) bool {
	from, ok := d.reg.KeyOf(cwd)
	if !ok || from == to {
		return false
	}
	said, checked := d.reg.Checkout(cwd)
	d.Attach(to, cwd)
	if checked {
		d.Checked(cwd, said)
	}
	old, e := d.reg.projects[from], d.reg.projects[to]
	e.former = joined(e.former, to, from)
	e.localOnly = e.localOnly || old.localOnly
	if len(old.cwds) == 0 {
		e.former = joined(e.former, to, old.former...)
		e.used = max(e.used, old.used)
		delete(d.reg.projects, from)
	}
	d.put(to, e)
	return true
}

// joined returns the sorted union of former keys without the key that the project has now.
func joined(former []Key, now Key, more ...Key) []Key {
	all := slices.Concat(former, more)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(k Key) bool { return k == now })
}

// Alias records that a person said that the key from names the same repository as to. It moves no folder.
func (d *Draft) Alias(from, to Key) bool {
	if from == to || d.reg.aliases[from] == to {
		return false
	}
	d.own()
	if d.reg.aliases[to] == from { // they changed their mind about which of them is to be used
		delete(d.reg.aliases, to)
	}
	d.reg.aliases[from] = to
	return true
}

// Checked records what git said about a registered folder, a Place.Checkout. It ignores other folders.
func (d *Draft) Checked(cwd string, said Checkout) bool {
	id := pathid.Of(cwd)
	owner, ok := d.reg.owners[id]
	if !ok || !utf8.ValidString(said.Main) || !utf8.ValidString(said.Stamp) {
		return false
	}
	said.Cwd = spelled(d.reg.projects[owner].cwds, cwd)
	if old, ok := d.reg.checkouts[id]; ok && old == said {
		return false
	}
	d.own()
	d.reg.checkouts[id] = said
	return true
}

// spelled returns the path as it stands in the sorted list.
func spelled(cwds []string, cwd string) string {
	if _, ok := slices.BinarySearch(cwds, cwd); ok {
		return cwd
	}
	id := pathid.Of(cwd)
	return cwds[slices.IndexFunc(cwds, func(c string) bool { return pathid.Of(c) == id })]
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
		delete(d.reg.checkouts, pathid.Of(cwd))
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
	d.reg.related = &links{}
	if d.changed {
		return
	}
	d.reg.projects, d.reg.owners = copied(d.reg.projects), copied(d.reg.owners)
	d.reg.checkouts, d.reg.aliases = copied(d.reg.checkouts), copied(d.reg.aliases)
	d.changed = true
}

// copied returns a copy of m that can be written to, even if m is nil.
func copied[K comparable, V any](m map[K]V) map[K]V {
	out := make(map[K]V, len(m))
	maps.Copy(out, m)
	return out
}
