// Package engine is this computer's end of the sync: Machine ties scan, plan and apply together, keeps the
// registry of checkouts, and sets a machine up.
//
// Open makes a Machine from the user's configuration; New makes one for an embedder, with a transport of its own. A
// Machine may be used by one goroutine at a time. Every verb that writes keeps other processes out meanwhile; Lock
// keeps them out for several verbs in a row.
//
// A Machine whose name is another machine's in the sync folder goes by another name, see package machines. Only verbs
// that write make its id and take a name.
//
// Nothing is left running after a call. A call lasts as long as the transport does not answer: see Options.Watch. The package does not promise to notice edits that another program makes in
// the microseconds between its last look at a file and the rename that replaces it.
package engine

import (
	"context"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/apply"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/installed"
	"claude-sync/syncer/internal/lock"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/project"
	"claude-sync/syncer/scan"
	"claude-sync/syncer/transport"
	"claude-sync/syncer/transport/hang"
)

// Options is what a Machine is made of.
type Options struct {
	Name      string // that a person chose
	ID        string // path of the file with this machine's id, "" for none: then Name is not compared with other machines'
	Version   string // of the program, for the other machines
	Store     claude.Store
	Transport transport.Transport
	Registry  string   // path of projects.json
	Installed string   // path of seen.json, see package installed
	LockFile  string   // path of the lock that keeps other processes out, "" for none
	Cache     string   // path of the cache of what scans read, "" for none
	Roots     []string // folders under which checkouts are looked for

	// Watch counts the calls to the transport, and frees the lock if a caller leaves a verb behind; nil for neither.
	Watch *hang.Watch

	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Patience is how long a pull waits for the next part of a pack that is only in the cloud; 0 means 30 seconds.
	Patience time.Duration
}

// Machine is this computer's end of the sync.
type Machine struct {
	Options
	// Progress, unless nil, is called after every part that was written.
	Progress func(syncer.Progress)

	locked bool // by Lock
	who    identity
	loader project.Loader
}

// New returns a machine. It touches nothing.
func New(o Options) *Machine { return &Machine{Options: o} }

func (m *Machine) now() time.Time {
	if m.Now == nil {
		return time.Now()
	}
	return m.Now()
}

// Lock keeps other claude-sync processes of this user from changing anything until unlock is called. Unless nil,
// waiting is called once if another process is at work.
func (m *Machine) Lock(ctx context.Context, waiting func()) (unlock func(), err error) {
	if m.locked || m.LockFile == "" {
		return func() {}, nil
	}
	free, err := lock.Take(ctx, m.LockFile, waiting)
	if err != nil {
		return nil, err
	}
	m.locked = true
	free = m.Watch.Hold(free)
	return func() { m.locked = false; free() }, nil
}

// registry loads the registered projects. The aliases of the machines that the last look met count in it.
func (m *Machine) registry() (project.Registry, error) {
	reg, err := m.loader.Load(m.Registry)
	return reg.WithAliases(m.who.files.Aliases(m.who.self.ID, nil)), err
}

// store is Claude Code's store, with this machine's clock.
func (m *Machine) store() claude.Store {
	s := m.Store
	if s.Now == nil {
		s.Now = m.Now
	}
	return s
}

func (m *Machine) packs() packs.Set { return packs.Set{Transport: m.Transport, Machine: m.name()} }

func (m *Machine) applier() apply.Applier {
	return apply.Applier{Store: m.store(), Packs: m.packs(), Installed: installed.Record(m.Installed), Now: m.now, Progress: m.Progress}
}

// scan makes a snapshot.
func (m *Machine) scan(ctx context.Context, o scan.Options) (syncer.Snapshot, error) {
	meet := func() error { return m.meet(ctx) }
	if o.LocalOnly {
		meet = m.recall
	}
	if err := meet(); err != nil {
		return syncer.Snapshot{}, err
	}
	return m.scanMet(ctx, o)
}

// scanMet is scan for a caller that has just met the other machines.
func (m *Machine) scanMet(ctx context.Context, o scan.Options) (syncer.Snapshot, error) {
	reg, err := m.registry()
	if err != nil {
		return syncer.Snapshot{}, err
	}
	return m.scanWith(ctx, reg, o)
}

// scanWith makes a snapshot of the projects in a registry.
func (m *Machine) scanWith(ctx context.Context, reg project.Registry, o scan.Options) (syncer.Snapshot, error) {
	begun := m.now()
	s := scan.Scanner{Store: m.store(), Packs: m.packs(), Registry: reg, Installed: installed.Record(m.Installed), Cache: m.Cache, Now: begun}
	snap, err := s.Scan(ctx, o)
	if err == nil {
		m.addStrays(&snap)
	}
	return snap, err
}
