package project

import (
	"maps"
	"slices"
	"time"

	"claude-sync/syncer/internal/pathid"
)

// Registry knows the folders of each project on this machine. It is a value: a method that changes it returns
// another Registry and leaves this one as it was. The zero Registry is empty. A folder belongs to at most one
// project. Paths are compared by pathid.
type Registry struct {
	// Registries share these maps, so neither the maps nor the slices in them ever change.
	projects  map[Key]entry
	owners    map[string]Key      // by pathid.Of the folder
	checkouts map[string]Checkout // by pathid.Of the folder; only of folders that have an owner
	aliases   map[Key]Key         // a person said that they are one repository
	others    map[Key]Key         // the same, from other machines
	related   *links              // nil in a registry without changes
}

type entry struct {
	cwds      []string // sorted
	localOnly bool
	used      int64 // milliseconds since 1970
	former    []Key // keys under which its packs were written before, sorted
}

// Change returns the registry with the changes that edit makes, and reports whether there were any. It copies
// the registry only once.
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

// SetLocalOnly returns the registry in which the project's sessions stay on this machine or not; see
// Draft.SetLocalOnly.
func (r Registry) SetLocalOnly(key Key, localOnly bool) (Registry, bool) {
	return r.Change(func(d *Draft) { d.SetLocalOnly(key, localOnly) })
}

// Former returns the keys that the project had before, sorted.
func (r Registry) Former(key Key) []Key { return slices.Clone(r.projects[key].former) }

// Checkout returns what git said about a registered folder, and false if git was not asked yet.
func (r Registry) Checkout(cwd string) (Checkout, bool) {
	c, ok := r.checkouts[pathid.Of(cwd)]
	return c, ok
}

// Keys returns all projects, sorted.
func (r Registry) Keys() []Key { return slices.Sorted(maps.Keys(r.projects)) }

// Cwds returns the project's folders, sorted. Some may no longer exist.
func (r Registry) Cwds(key Key) []string { return slices.Clone(r.projects[key].cwds) }

// Has reports whether the registry has the project, with or without folders.
func (r Registry) Has(key Key) bool {
	_, ok := r.projects[key]
	return ok
}

// LocalOnly reports whether the project's sessions stay on this machine.
func (r Registry) LocalOnly(key Key) bool { return r.projects[key].localOnly }

// Used returns when Claude Code last ran in the project, the zero time if it never did.
func (r Registry) Used(key Key) time.Time {
	if ms := r.projects[key].used; ms > 0 {
		return time.UnixMilli(ms)
	}
	return time.Time{}
}

// KeyAt returns the key for which a place is to be registered. It is the place's own, with these exceptions, which keep
// what was decided before:
//   - the folder is registered under the key of another remote that the place still has;
//   - the place has no remote, and a person registered it as another project without one;
//   - a person said that the place's key is an alias of another.
func (r Registry) KeyAt(p Place) Key {
	chosen, ok := r.KeyOf(p.Cwd)
	if ok && chosen.ByName() && p.Key.ByName() {
		return chosen
	}
	key := p.Key
	if base := chosen.Repository(); ok && slices.Contains(p.Remotes, base) {
		if kept, err := base.below(key.Subdir()); err == nil {
			key = kept
		}
	}
	return r.aliased(key)
}

// aliased follows this machine's own aliases from key to the last.
func (r Registry) aliased(key Key) Key {
	seen := map[Key]bool{}
	for !seen[key] {
		seen[key] = true
		to, exact := r.aliases[key]
		if base, ok := r.aliases[key.Repository()]; !exact && ok && base.Subdir() == "" {
			to, _ = base.below(key.Subdir())
		}
		if to == "" {
			return key
		}
		key = to
	}
	return key
}

// KeyOf returns the project that has the folder cwd. A folder inside a project's folder does not count.
func (r Registry) KeyOf(cwd string) (Key, bool) {
	key, ok := r.owners[pathid.Of(cwd)]
	return key, ok
}
