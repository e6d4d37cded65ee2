package machines

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
	"claude-sync/syncer/words"
)

// filesLimit is how many machine files are read.
const filesLimit = 200

// Set is the machine files of a sync folder.
type Set struct {
	// Problems are the files that are no machine files, in the order of their names.
	Problems []Problem

	files  map[string]File  // by the machine's name
	unread map[string]error // why the file at a Path cannot be read
}

// Problem is a file in the folder of the machine files that cannot be used.
type Problem struct {
	Name string // in the transport
	Err  error
}

// Later reports whether the file may become a machine file: it is not yet downloaded, or still arriving.
func (p Problem) Later() bool {
	return errors.Is(p.Err, ccsync.ErrTruncated) || errors.Is(p.Err, transport.ErrNotDownloaded)
}

// All reads the machine files of a transport. A file that cannot be used is a Problem, and a sync tool's conflicted
// copy of a machine file is passed over.
//
// Errors: *transport.UnavailableError, and context errors.
func All(ctx context.Context, t transport.Transport) (Set, error) {
	s := Set{files: map[string]File{}, unread: map[string]error{}}
	listed, err := t.List(ctx, transport.Machines)
	if err != nil {
		return s, err
	}
	if len(listed) > filesLimit {
		s.Problems = append(s.Problems, Problem{transport.Machines, fmt.Errorf("it holds %d files, of which %d are read", len(listed), filesLimit)})
		listed = listed[:filesLimit]
	}
	copies := map[string]File{} // by the file's name
	for _, l := range listed {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		f, err := read(ctx, t, l)
		switch {
		case err != nil:
			s.Problems = append(s.Problems, Problem{l.Name, err})
			s.unread[strings.ToLower(l.Name)] = err
		case strings.EqualFold(l.Name, Path(f.Name)): // a stick may show names in upper case
			s.files[f.Name] = f
		default:
			copies[l.Name] = f
		}
	}
	for name, f := range copies {
		if _, known := s.files[f.Name]; !known && s.unread[Path(f.Name)] == nil {
			s.Problems = append(s.Problems, Problem{name, fmt.Errorf("it is about the machine %s, whose file is called otherwise", f.Name)})
		}
	}
	slices.SortFunc(s.Problems, func(a, b Problem) int { return cmp.Compare(a.Name, b.Name) })
	return s, nil
}

// read reads one listed file.
func read(ctx context.Context, t transport.Transport, l transport.File) (File, error) {
	switch {
	case l.Problem != nil:
		return File{}, l.Problem
	case l.Size > fileLimit:
		return File{}, fmt.Errorf("it has %d bytes, and a machine file has %d at most", l.Size, fileLimit)
	}
	c, err := t.Open(ctx, l.Name)
	if err != nil {
		return File{}, err
	}
	defer c.Close()
	data, err := io.ReadAll(io.NewSectionReader(c, 0, min(c.Size(), fileLimit)))
	switch {
	case err != nil:
		return File{}, err
	case len(data) == 0:
		return File{}, ccsync.ErrTruncated
	}
	return decode(data)
}

// Free reports whether the machine with this id may go by a name: no other machine's file has it. A file that
// cannot be read counts as another machine's.
func (s Set) Free(name, id string) bool {
	f, taken := s.files[name]
	return s.unread[Path(name)] == nil && (!taken || f.ID == id)
}

// Taken returns the error that another machine has a name, and that this one goes on as uses, if that is not empty.
func (s Set) Taken(name, uses string) *TakenError {
	f := s.files[name]
	return &TakenError{Name: name, Uses: uses, System: f.System, LastSeen: f.LastSeen}
}

// Former returns the file of the machine that had a name, for a machine that takes it over; false if it cannot be read.
func (s Set) Former(name string) (File, bool) {
	f, ok := s.files[name]
	return f, ok
}

// Choose returns the name by which this machine goes: the one that it went by before, else the name that a person
// wishes, else the first of wish-2, wish-3 and so on. A name that is another machine's is passed over.
func (s Set) Choose(self Self, wish string) string {
	last := self.NameFor(wish)
	if used := self.Wish == wish && s.unread[Path(last)] != nil; used || s.Free(last, self.ID) {
		return last
	}
	for n := 1; ; n++ {
		if name := numbered(wish, n); s.Free(name, self.ID) {
			return name
		}
	}
}

// numbered returns name-n, fit for a machine's name, and the name itself for 1.
func numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	suffix := "-" + strconv.Itoa(n)
	stem := []rune(name)
	for len(stem) > 0 {
		if whole := strings.TrimRight(string(stem), " ") + suffix; words.Machine(whole) == whole {
			return whole
		}
		stem = stem[:len(stem)-1]
	}
	return "machine" + suffix
}

// Others returns the files of all machines but the one with this id, sorted by name. Of a machine that was renamed
// it returns the newest.
func (s Set) Others(id string) []File {
	newest := map[string]File{}
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		f := s.files[name]
		if had, twice := newest[f.ID]; f.ID != id && (!twice || f.LastSeen.After(had.LastSeen)) {
			newest[f.ID] = f
		}
	}
	return slices.SortedFunc(maps.Values(newest), func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
}

// Aliases joins the aliases of all machines with this machine's own, and returns for each key the one that its
// project has now. Own aliases win. An alias that contradicts another one, or would close a circle, is dropped; for
// that the machines count in the order of their names.
func (s Set) Aliases(id string, own map[project.Key]project.Key) map[project.Key]project.Key {
	all := map[project.Key]project.Key{}
	join := func(more map[project.Key]project.Key) {
		for _, from := range slices.Sorted(maps.Keys(more)) {
			if _, known := all[from]; !known && end(all, more[from]) != from {
				all[from] = more[from]
			}
		}
	}
	join(own)
	for _, f := range s.Others(id) {
		join(f.Aliases)
	}
	flat := make(map[project.Key]project.Key, len(all))
	for from := range all {
		flat[from] = end(all, from)
	}
	return flat
}

// end follows aliases, which have no circle, to the last.
func end(aliases map[project.Key]project.Key, key project.Key) project.Key {
	for next, ok := aliases[key]; ok; next, ok = aliases[key] {
		key = next
	}
	return key
}

// Write writes a machine's own file, if it says anything new. That the machine was seen is new once a day. A file
// that cannot be read is replaced only if it is broken for good.
//
// RACE: if two machines of one name write for the first time before the sync tool brings either the other's file,
// both go by that name. The sync tool then keeps one file under the name. The other machine finds that out at its
// next look, and goes on under another name. The packs that it wrote until then stay packs of the first machine,
// which takes their sessions for its own: a plain pull there does not install those that it never had. No row is
// lost, because a push unites packs and never replaces them, and a pull that names such a session brings it.
func (s Set) Write(ctx context.Context, t transport.Transport, f File) error {
	f = f.clean()
	had, known := s.files[f.Name]
	switch err := s.unread[Path(f.Name)]; {
	case err != nil && !broken(err), known && had.ID == f.ID && !f.news(had):
		return nil
	}
	d, err := t.Create(ctx, Path(f.Name))
	if err != nil {
		return err
	}
	_, err = d.Write(f.encode())
	if err == nil {
		err = d.Commit()
	}
	return errors.Join(err, d.Discard())
}
