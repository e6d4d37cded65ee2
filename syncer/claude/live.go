package claude

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"claude-sync/syncer/ccsync"
)

const (
	// recordLimit is Claude Code's own for an entry of the registry.
	recordLimit = 256 << 10
	// tornPause and tornLooks: an entry is rewritten in place (write, then truncate), which takes less
	// than a millisecond; Claude Code itself looks again after 25 ms, once.
	tornPause = 25 * time.Millisecond
	tornLooks = 4
	// quiet is how long a transcript must rest in a store without a registry before it counts as closed.
	quiet = 15 * time.Second
)

// Live is a session that a Claude Code process has open.
type Live struct {
	// PID is 0 where there is no registry and only the transcript's time tells.
	PID     int
	Session ccsync.SessionID
	// Cwd, Name and Status ("idle", "busy", …) are what the process says; each may be empty.
	Cwd, Name, Status string
	// Started is zero where unknown.
	Started time.Time
	// Elsewhere says that the process cannot be seen from here (a container, another machine with the
	// same home), so that only the age of its entry speaks for it.
	Elsewhere bool
}

// hasRegistry reports whether this Claude Code keeps a registry of open sessions.
func (s Store) hasRegistry() bool { return isDir(s.registry()) }

// Live returns the sessions that are open now, by process: those in the registry whose process is alive
// and is the one that wrote the entry (Claude Code leaves entries behind when killed, and process ids are
// used again). It errs on the side of open: what cannot be checked counts as open. A process that is
// alive but whose entry cannot be made out is in the error, beside the sessions of the others: one of the
// store's sessions is open then, and nobody knows which.
//
// RACE: a process may open a session right after this look; nothing can prevent that. Claude Code goes on
// appending to whatever file then has the name, so no row of its own is lost.
func (s Store) Live() ([]Live, error) {
	entries, err := os.ReadDir(s.registry())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing open sessions: %w", err)
	}
	var all []Live
	var unknown []error
	for _, e := range entries {
		// The names are checked first: secrets (<pid>.<hex>.key) lie beside the entries.
		pid, ok := entryPID(e.Name())
		if !ok || !e.Type().IsRegular() {
			continue
		}
		open, err := s.openBy(pid)
		all = append(all, open...)
		if err != nil {
			unknown = append(unknown, err)
		}
	}
	slices.SortFunc(all, func(a, b Live) int { return cmp.Or(cmp.Compare(a.PID, b.PID), cmp.Compare(a.Session, b.Session)) })
	return all, errors.Join(unknown...)
}

// Held reports whether t is open, and by whom: one of live, or, only in a store that has no registry
// (an older Claude Code), somebody who wrote it less than 15 seconds ago.
func (s Store) Held(t Transcript, live []Live, now time.Time) (Live, bool) {
	for _, l := range live {
		if l.Session == t.ID {
			return l, true
		}
	}
	// The age is taken both ways: a time far in the future is a wrong clock, not a fresh write.
	if now.Sub(t.ModTime).Abs() >= quiet || s.hasRegistry() {
		return Live{}, false
	}
	return Live{Session: t.ID}, true
}

// entryPID returns the process id in the name of an entry, which must be written as Claude Code does.
func entryPID(name string) (int, bool) {
	base, ok := strings.CutSuffix(name, ".json")
	pid, err := strconv.ParseInt(base, 10, 32)
	return int(pid), ok && err == nil && pid > 1 && strconv.FormatInt(pid, 10) == base
}

// openBy returns the sessions that the process with this entry has open: one, or none (daemons and fresh
// windows are in the registry too).
func (s Store) openBy(pid int) ([]Live, error) {
	start, alive := processStart(pid)
	rec, err := s.readRecord(pid, alive)
	switch {
	case errors.Is(err, fs.ErrNotExist), err != nil && !alive:
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("reading what process %d has open: %w", pid, err)
	case !rec.running(start, alive, s.now()):
		return nil, nil
	case rec.torn && len(rec.sessions) == 0:
		return nil, fmt.Errorf("reading what process %d has open: its entry is torn", pid)
	}
	return rec.live(pid), nil
}

// readRecord reads an entry, again and again while it is torn and there may be somebody who is writing it.
func (s Store) readRecord(pid int, alive bool) (record, error) {
	path := filepath.Join(s.registry(), strconv.Itoa(pid)+".json")
	for look := 1; ; look++ {
		data, err := readUpTo(path, recordLimit)
		if err != nil {
			return record{}, err
		}
		if rec, ok := parseRecord(data); ok {
			return rec, nil
		}
		rec := scrapeRecord(data)
		// What a process killed in the middle of a write left behind would cost a pause at every look.
		if look == tornLooks || !alive && sameDomain(rec.pidDomain) {
			return rec, nil
		}
		s.wait(tornPause)
	}
}

func readUpTo(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}
