package syncer

import (
	"context"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/lock"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
)

// Machine is this computer's end of the sync.
type Machine struct {
	Name      string
	Store     claude.Store
	Transport transport.Transport
	Registry  string   // path of projects.json
	State     string   // path of seen.json: which sessions a pull installed here
	LockFile  string   // path of the lock that keeps other processes out
	Compared  string   // path of the cache of what was compared; "" for none
	Roots     []string // folders under which checkouts are looked for

	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Progress, unless nil, is told of every part that was written.
	Progress func(Progress)

	room *ccsync.Room // of one run, used again from session to session; nil when there is none
}

// roomy is m for one run over many sessions.
func (m *Machine) roomy() *Machine {
	run := *m
	run.room = &ccsync.Room{}
	return &run
}

// Progress tells how far a push or pull has come.
type Progress struct {
	Step, Steps int // which step it is at, from 1
	Label       string
	Bytes       int64 // written by this step so far
}

func (m *Machine) now() time.Time {
	if m.Now == nil {
		return time.Now()
	}
	return m.Now()
}

// Lock keeps other claude-sync processes of this user from changing anything until unlock is called.
// Unless nil, waiting is called once when another process is at work.
func (m *Machine) Lock(ctx context.Context, waiting func()) (unlock func(), err error) {
	return lock.Take(ctx, m.LockFile, waiting)
}

// meter counts what passes and ends the copying when ctx is done, so that Ctrl-C is answered within one
// block.
type meter struct {
	ctx    context.Context
	report func(Progress)
	at     Progress
}

// Write implements io.Writer; it keeps nothing.
func (m *meter) Write(b []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	m.at.Bytes += int64(len(b))
	if m.report != nil {
		m.report(m.at)
	}
	return len(b), nil
}

// registry loads the registered projects.
func (m *Machine) registry() (project.Registry, error) { return project.Load(m.Registry) }
