package engine

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/machines"
	"claude-sync/syncer/project"
)

// identity is who this machine is, as of the last look.
type identity struct {
	self  machines.Self // without an id until a verb that writes has made one
	files machines.Set
	name  string // by which this machine goes
}

// meet reads the machine files, and finds out by which name this machine goes: another one than Options.Name if that
// is another machine's. It writes nothing.
//
// Errors: *syncer.BrokenFileError for the file with the id; *transport.UnavailableError.
func (m *Machine) meet(ctx context.Context) error {
	if m.ID == "" {
		return nil
	}
	if err := m.recall(); err != nil {
		return err
	}
	files, err := machines.All(ctx, m.Transport)
	if err != nil {
		return err
	}
	m.who.files, m.who.name = files, files.Choose(m.who.self, m.Options.Name)
	return nil
}

// recall is meet without the sync folder: this machine goes by the name of its last verb that wrote.
func (m *Machine) recall() error {
	if m.ID == "" {
		return nil
	}
	self, err := machines.Record(m.ID).Load()
	if err != nil {
		return brokenFile(m.ID, err)
	}
	m.who = identity{self: self, name: self.NameFor(m.Options.Name)}
	return nil
}

// Met returns the name by which this machine goes, and the files of the other machines, as of the last look.
func (m *Machine) Met() (name string, others []machines.File) {
	return m.name(), m.who.files.Others(m.who.self.ID)
}

// name is the name by which this machine goes.
func (m *Machine) name() string {
	if m.who.name == "" {
		return m.Options.Name
	}
	return m.who.name
}

// claim refuses the name that a person has chosen for this machine if it is another machine's, unless that is this one
// before it was installed anew. It forgets a name that this machine had instead of the chosen one.
//
// Errors: *machines.TakenError; those of meet.
func (m *Machine) claim(ctx context.Context, reinstalled bool) error {
	if err := m.meet(ctx); err != nil || m.ID == "" {
		return err
	}
	name, self := m.Options.Name, m.who.self
	if !m.who.files.Free(name, self.ID) {
		former, known := m.who.files.Former(name)
		if !reinstalled || !known {
			return m.who.files.Taken(name, "")
		}
		return m.succeed(ctx, former)
	}
	if self.NameFor(name) == name {
		return nil
	}
	self.Name = name
	return machines.Record(m.ID).Save(self)
}

// succeed takes over the name of a machine, and what a person has told it about keys. The id is another one: if a person
// erred, and the former machine is still there, it finds its name taken and goes on under another one.
func (m *Machine) succeed(ctx context.Context, former machines.File) error {
	err := m.changeRegistry(func(r project.Registry) (project.Registry, bool) {
		return r.Change(func(d *project.Draft) {
			for from, to := range former.Aliases {
				d.Alias(from, to)
			}
		})
	})
	if err != nil {
		return err
	}
	is := machines.Self{ID: cmp.Or(m.who.self.ID, machines.NewID()), Wish: former.Name, Name: former.Name}
	if err := machines.Record(m.ID).Save(is); err != nil {
		return err
	}
	m.who.self, m.who.name = is, former.Name
	for _, e := range m.announce(ctx) {
		return e.Err
	}
	return nil
}

// settle is for verbs that write: after meet, it makes the id if there is none, remembers the name, and announces
// this machine. An event tells of another name than the person's, once. The caller holds the lock.
func (m *Machine) settle(ctx context.Context) ([]syncer.Event, error) {
	if err := m.meet(ctx); err != nil || m.ID == "" {
		return nil, err
	}
	was, wish := m.who.self, m.Options.Name
	is := machines.Self{ID: was.ID, Wish: wish, Name: m.who.name}
	if is.ID == "" {
		is.ID = machines.NewID()
	}
	if is != was {
		if err := machines.Record(m.ID).Save(is); err != nil {
			return nil, err
		}
		m.who.self = is
	}
	var events []syncer.Event
	if is.Name != wish && is.Name != was.NameFor(wish) {
		events = append(events, syncer.Event{Kind: syncer.Renamed, Err: m.who.files.Taken(wish, is.Name)})
	}
	return append(events, m.announce(ctx)...), nil
}

// announce writes this machine's file, if it says anything new, as package machines defines that. A file that cannot
// be written is an event that says so, and no failure: the packs are what a person wants to be safe, and the next
// verb tries again. On a write-protected drive there is no event: a machine may only pull from it, and a push says so.
func (m *Machine) announce(ctx context.Context) []syncer.Event {
	reg, err := m.loader.Load(m.Registry)
	if err != nil {
		return nil // whoever looks says so
	}
	err = m.who.files.Write(ctx, m.Transport, machines.File{ID: m.who.self.ID, Name: m.who.name, System: runtime.GOOS, Version: m.Version,
		LastSeen: m.now(), Aliases: reg.Aliases()})
	if err == nil || oserr.WriteProtected(err) {
		return nil
	}
	return []syncer.Event{syncer.Stray{Name: machines.Path(m.who.name), Reason: err}.Event()}
}

// Announce tells the other machines that this one is there, if that is news to them, between the verbs that write:
// for a tray that runs for days. It does nothing before the first of those verbs, and needs no lock.
func (m *Machine) Announce(ctx context.Context) error {
	if err := m.meet(ctx); err != nil || m.who.self.ID == "" || m.who.name != m.who.self.NameFor(m.Options.Name) {
		return err
	}
	for _, e := range m.announce(ctx) {
		return e.Err
	}
	return nil
}

// addStrays adds the machine files that cannot be used to a snapshot.
func (m *Machine) addStrays(s *syncer.Snapshot) {
	for _, p := range m.who.files.Problems {
		s.Strays = append(s.Strays, syncer.Stray{Name: p.Name, Reason: p.Err, Later: p.Later()})
	}
	slices.SortStableFunc(s.Strays, func(a, b syncer.Stray) int { return strings.Compare(a.Name, b.Name) })
}
