package project

import (
	"maps"
	"slices"
	"sync"
)

// Canonical returns the key of the registered project to which packs under key belong: key itself if that project
// has folders; else a project with folders that had this key before, or that is this one because a person said so
// (see Draft.Move, Draft.Alias and WithAliases). It follows chains of such keys, and keeps the subdirectory: if
// K0 was the key of K1, "K0//web" becomes "K1//web". Without such a project Canonical returns the newest key of
// the repository, which is key itself if nothing is known of it.
func (r Registry) Canonical(key Key) Key {
	links := r.links()
	if len(links.repository) == 0 || r.hasFolders(key) {
		return key
	}
	// Nearest first. A project of the same repository, such as another subdirectory, is better than none: there
	// is a checkout.
	all := links.follow(key)
	isKnown := func(k Key) bool { return links.known[k.Repository()] }
	isNewest := func(k Key) bool { return len(links.after(k)) == 0 }
	for _, fits := range []func(Key) bool{r.hasFolders, isKnown, r.Has, isNewest} {
		if i := slices.IndexFunc(all, fits); i >= 0 {
			return all[i]
		}
	}
	return slices.Min(all) // a circle
}

// Same reports whether two keys name one repository, whatever their subdirectories are.
func (r Registry) Same(a, b Key) bool {
	a, b = a.Repository(), b.Repository()
	if a == b {
		return true
	}
	repository := r.links().repository
	first, ok := repository[a]
	second, known := repository[b]
	return ok && known && first == second
}

func (r Registry) hasFolders(key Key) bool { return len(r.projects[key].cwds) > 0 }

// links is which keys name one repository. It is made when it is first needed.
type links struct {
	once       sync.Once
	bases      [2]map[Key][]Key // newer and older keys; they hold for every subdirectory
	exact      [2]map[Key][]Key // the same for keys whose subdirectories differ
	repository map[Key]Key      // base key to a base key that all keys of the repository share
	known      map[Key]bool     // base keys that have folders
}

func (r Registry) links() *links {
	l := r.related
	if l == nil {
		l = &links{}
	}
	l.once.Do(func() { l.build(r) })
	return l
}

func (l *links) build(r Registry) {
	l.known, l.repository = make(map[Key]bool), make(map[Key]Key)
	for i := range l.bases {
		l.bases[i], l.exact[i] = make(map[Key][]Key), make(map[Key][]Key)
	}
	for key, e := range r.projects {
		if len(e.cwds) > 0 {
			l.known[key.Repository()] = true
		}
		for _, old := range e.former {
			l.add(old, key)
		}
	}
	for _, aliases := range []map[Key]Key{r.aliases, r.others} {
		for from, to := range aliases {
			l.add(from, to)
		}
	}
	for k := range l.repository {
		l.repository[k] = l.representative(k) // from now on it is only read
	}
	// Maps have no order, and the result must have one.
	for _, lists := range slices.Concat(l.bases[:], l.exact[:]) {
		for _, keys := range lists {
			slices.Sort(keys)
		}
	}
}

func (l *links) add(older, newer Key) {
	if older == newer {
		return
	}
	to := &l.exact
	if older.Subdir() == newer.Subdir() {
		older, newer, to = older.Repository(), newer.Repository(), &l.bases
	}
	to[0][older] = append(to[0][older], newer)
	to[1][newer] = append(to[1][newer], older)
	l.unite(older.Repository(), newer.Repository())
}

// unite makes both base keys, and all keys that are already one with them, one repository.
func (l *links) unite(a, b Key) {
	first, second := l.representative(a), l.representative(b)
	l.repository[first], l.repository[second] = first, first
}

func (l *links) representative(k Key) Key {
	for next, ok := l.repository[k]; ok && next != k; next, ok = l.repository[k] {
		l.repository[k] = l.repository[next] // halves the way for the next call
		k = next
	}
	return k
}

// after returns the keys that are newer than k.
func (l *links) after(k Key) []Key { return l.next(k, 0) }

func (l *links) next(k Key, direction int) []Key {
	out := slices.Clone(l.exact[direction][k])
	for _, base := range l.bases[direction][k.Repository()] {
		if moved, err := base.below(k.Subdir()); err == nil {
			out = append(out, moved)
		}
	}
	return out
}

// follow returns key and all keys linked to it, the nearest first, and newer keys before older ones.
func (l *links) follow(key Key) []Key {
	all, seen := []Key{key}, map[Key]bool{key: true}
	for i := 0; i < len(all); i++ {
		for _, k := range append(l.next(all[i], 0), l.next(all[i], 1)...) {
			if !seen[k] {
				seen[k] = true
				all = append(all, k)
			}
		}
	}
	return all
}

// WithAliases returns the registry for reading in which the aliases of other machines count too, below this
// machine's own. Bytes does not write them.
func (r Registry) WithAliases(of map[Key]Key) Registry {
	r.others = maps.Clone(of)
	r.related = &links{}
	return r
}

// Aliases returns which keys this machine knows for names of another project, for the other machines: those that
// a person gave, and each project's former keys. Keys that WithAliases added are not among them.
func (r Registry) Aliases() map[Key]Key {
	all := make(map[Key]Key)
	for _, key := range r.Keys() {
		for _, old := range r.projects[key].former {
			all[old] = key
		}
	}
	maps.Copy(all, r.aliases)
	return all
}
