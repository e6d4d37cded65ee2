package engine

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/installed"
	"claude-sync/syncer/internal/fingerprint"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/transport"

	"pgregory.net/rapid"
)

// TestMachinesNeverLoseARow plays random histories on three machines, each with a sync folder of its own
// and a sync tool in between that brings files late, in any order, twice, or by halves; and it stops
// pushes, pulls and resolves at any disk step. After every step:
//
//   - no transcript and no own pack lost a row, but for Claude Code's retention and for a crash that cuts a pack;
//   - no row stands twice, each is as its machine wrote it, and an own pack has only forms that its machine had;
//   - nothing torn stands under a name that anybody reads;
//   - a conflict is reported only where both sides have turns of their own;
//   - a stopped command that is run again goes through.
//
// In the end everybody pulls, resolves and pushes until nothing is left to do: then all machines hold the
// same sessions with the same rows, each own pack has them as its machine has them, nothing is diverged, and every
// turn is one that some session shows the model when it is resumed: each branch that lost is a fork.
//
// Planted by build/mutants, each of these dies here: no-fork, random-fork-id, fork-after-merge,
// write-in-place, winner-takes-all, longer-wins, push-replaces-pack, own-branch-hidden,
// late-rows-hide-theirs, looks-diverge, no-recheck, changed-pack-unread, half-packs-install,
// archive-returns, torn-rows-travel, late-rows-glued, rewritten-rows-double, rewritten-rows-are-news,
// theirs-overwrites-ours, commands-diverge, commands-win, own-pack-brings-back, own-pack-keeps-old-rows,
// own-pack-waits-for-news, commands-hide-tips, torn-packs-stay, torn-packs-count-for-nothing.
func TestMachinesNeverLoseARow(t *testing.T) {
	const histories, workers = 10_000, 4
	checks := histories / workers
	if slowed { // the race detector takes ten times as long; build/test plays all histories without it
		checks /= 10
	}
	if testing.Short() {
		checks = 100
	}
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		if err := f.Value.Set(fmt.Sprint(checks)); err != nil {
			t.Fatal(err)
		}
	}
	disk := newDisk(t)
	fingerprint.TestMinSize = 1
	t.Cleanup(func() { fingerprint.TestMinSize = 0 })
	for i := range workers {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) { play(rt, disk) })
		})
	}
}

// game is one history.
type game struct {
	*rapid.T
	w     *world
	hook  func(func(step, path string) error)
	next  int                          // number of the next row
	torn  map[string]bool              // own packs that were cut, until a push mends them
	swept map[string]bool              // machine and session that retention took and that must stay away
	taken map[string]bool              // machine and session that retention took once
	gone  map[ccsync.SessionID]bool    // sessions of which retention took turns that stood nowhere else
	last  map[string]map[string]string // what there was after the last step
	trail []string                     // what was done, for a failure's message
}

func play(rt *rapid.T, d *disk) {
	dir, hook, done := d.world()
	defer done()
	g := &game{T: rt, hook: hook, torn: map[string]bool{}, swept: map[string]bool{}, taken: map[string]bool{}, gone: map[ccsync.SessionID]bool{}}
	defer func() {
		if rt.Failed() {
			rt.Log(strings.Join(g.trail, "; "))
		}
	}()
	g.w = newWorld(rt, dir, "one", "two", "three")
	for _, m := range g.w.machines {
		folder := transport.NewFolder(filepath.Join(dir, m.Name+"-sync"))
		g.check(folder.Prepare())
		m.Transport = folder
		// All files look old, so that what was compared is remembered and believed.
		m.Cache = filepath.Join(dir, m.Name, "compared")
		m.Now = func() time.Time { return g.w.now.Add(time.Hour) }
	}
	g.begin()
	for range rapid.IntRange(4, 14).Draw(rt, "steps") {
		g.step()
	}
	g.settle()
}

// begin gives all machines the same session; without that, most histories would end before two machines
// ever had something to disagree about.
func (g *game) begin() {
	first := g.w.machines[0]
	g.append(first, sessionA, g.row("turn"))
	_, err := first.Push(context.Background(), syncer.Scope{})
	g.check(err)
	for _, m := range g.w.machines[1:] {
		g.bring(first, m, g.packs(first)...)
		_, err := m.Pull(context.Background(), syncer.Scope{})
		g.check(err)
	}
}

func (g *game) check(err error) {
	if err != nil {
		g.Fatal(err)
	}
}

func (g *game) machine(name string) *Machine {
	return g.w.machines[rapid.IntRange(0, len(g.w.machines)-1).Draw(g.T, name)]
}

// sessions lists the transcripts of a machine.
func (g *game) sessions(m *Machine) []ccsync.SessionID {
	found, err := m.Store.Transcripts(g.w.cwd(m))
	g.check(err)
	var ids []ccsync.SessionID
	for _, t := range found {
		ids = append(ids, t.ID)
	}
	return ids
}

// step does one thing and holds the laws.
func (g *game) step() {
	m := g.machine("machine")
	if g.last == nil {
		g.last = g.rows()
	}
	before := g.last
	action := rapid.SampledFrom([]string{"turn", "turn", "turn", "command", "rewrite", "look", "title", "torn", "bare", "push", "push", "pull", "pull", "sync", "sync", "sync",
		"sync one", "half", "copy", "theirs", "ours", "with", "sweep", "meanwhile", "cut"}).Draw(g.T, "action")
	g.trail = append(g.trail, m.Name+" "+action)
	switch action {
	case "turn", "command", "look", "title", "torn", "bare":
		g.write(m, action)
	case "rewrite":
		g.rewrite(m, before)
	case "push":
		g.run(m, func() ([]syncer.Event, error) { return m.Push(context.Background(), syncer.Scope{}) })
	case "pull":
		g.pulled(m, g.run(m, func() ([]syncer.Event, error) { return m.Pull(context.Background(), syncer.Scope{}) }))
	case "theirs":
		g.run(m, func() ([]syncer.Event, error) { return m.Pull(context.Background(), syncer.Scope{Overwrite: true}) })
	case "ours":
		g.run(m, func() ([]syncer.Event, error) { return m.Push(context.Background(), syncer.Scope{Overwrite: true}) })
	case "with":
		g.resolve(m, g.machine("winner").Name)
	case "meanwhile":
		g.meanwhile(m)
	case "cut":
		before = g.cut(m, before)
	case "sweep":
		before = g.sweep(m, before)
	default:
		g.carry(action)
	}
	g.laws(before)
}

// run runs a command, most often to its end; else it is killed at some disk step and run again.
func (g *game) run(m *Machine, command func() ([]syncer.Event, error)) []syncer.Event {
	kill := rapid.IntRange(-24, 24).Draw(g.T, "kill")
	had := g.sessions(m)
	if kill > 0 {
		g.trail = append(g.trail, fmt.Sprintf("killed at %d", kill))
		steps := 0
		g.hook(func(string, string) error {
			if steps++; steps >= kill {
				return errKilled
			}
			return nil
		})
		_, _ = command()
		g.hook(nil)
		g.laws(g.last)
	}
	events, err := command()
	g.check(err)
	for _, e := range events {
		switch e.Kind {
		case syncer.Failed:
			g.Fatalf("%s: %v", e.Session, e.Err)
		case syncer.Conflicted:
			g.justified(m, e)
		}
	}
	g.noDoubles(m, had)
	return events
}

// meanwhile lets Claude Code write a row between the moment a command has read a transcript and the
// moment it replaces it.
func (g *game) meanwhile(m *Machine) {
	other := g.machine("other")
	g.bring(other, m, g.packs(other)...) // so that there is something to replace
	written := map[ccsync.SessionID]string{}
	moment := rapid.SampledFrom([]string{"sync", "rename"}).Draw(g.T, "moment")
	anew := moment == "sync" && oserr.ReplaceOpen && rapid.Bool().Draw(g.T, "anew")
	kind := rapid.SampledFrom([]string{"turn", "turn", "command"}).Draw(g.T, "kind")
	g.hook(func(step, path string) error {
		for _, id := range g.sessions(m) {
			if step == moment && strings.Contains(filepath.Base(path), string(id)+".jsonl") {
				if anew { // as its local clean-up does, or an editor: the file is another one afterwards
					g.check(os.WriteFile(g.w.path(m, id)+".new", []byte(g.w.read(m, id)), 0o600))
					g.check(os.Rename(g.w.path(m, id)+".new", g.w.path(m, id)))
				}
				g.append(m, id, g.row(kind))
				written[id] = fmt.Sprint(g.next)
			}
		}
		return nil
	})
	scope := syncer.Scope{Overwrite: rapid.Bool().Draw(g.T, "overwrite")}
	command := m.Pull
	if scope.Overwrite && rapid.Bool().Draw(g.T, "ours") {
		command = m.Push
	}
	_, err := command(context.Background(), scope)
	g.hook(nil)
	g.check(err)
	for id, n := range written {
		if !numbers(g.w.read(m, id))[n] {
			g.Fatalf("row %s, written while %s was pulled, is gone", n, g.where(m, id))
		}
	}
}

// pulled holds that a plain pull brings nothing back that retention took.
func (g *game) pulled(m *Machine, _ []syncer.Event) {
	for _, id := range g.sessions(m) {
		if g.swept[g.where(m, id)] {
			g.Fatalf("%s came back on %s", id, m.Name)
		}
	}
}

// sweep is Claude Code's retention: a session that the machine has pushed or pulled vanishes.
func (g *game) sweep(m *Machine, before map[string]map[string]string) map[string]map[string]string {
	known, err := installed.Record(m.Installed).Load()
	g.check(err)
	for _, id := range g.sessions(m) {
		_, err := os.Stat(filepath.Join(g.folder(m), m.packs().Name(testKey, id)))
		if (err == nil || known.Has(testKey, id)) && !g.torn[packed+g.where(m, id)] {
			g.swept[g.where(m, id)] = !g.takeAway(m, id, before, rapid.Bool().Draw(g.T, "open"))
			break
		}
	}
	return before
}

// takeAway removes a transcript. If the session is open, a live Claude Code makes the file anew, without its head.
func (g *game) takeAway(m *Machine, id ccsync.SessionID, before map[string]map[string]string, open bool) (anew bool) {
	text := g.w.read(m, id)
	g.check(os.Remove(g.w.path(m, id)))
	g.taken[g.where(m, id)] = true
	delete(before, g.where(m, id))
	g.gone[id] = g.gone[id] || !g.held(strings.Fields(conversation(text)))
	if open {
		g.appendRaw(m, id, strings.Replace(g.row("turn"), "PARENT", tip(text), 1))
	}
	return open
}

func (g *game) resolve(m *Machine, winner string) {
	snap, err := m.Look(context.Background())
	g.check(err)
	for _, s := range snap.Projects[0].Sessions {
		if s.State != syncer.Diverged || winner != m.Name && !slices.Contains(s.From(syncer.Diverged), winner) {
			continue
		}
		g.run(m, func() ([]syncer.Event, error) {
			return m.Resolve(context.Background(), syncer.Scope{Session: string(s.ID)}, winner)
		})
		return
	}
}

func (g *game) folder(m *Machine) string { return m.Transport.String() }

func (g *game) where(m *Machine, id ccsync.SessionID) string { return m.Name + " " + string(id) }

// packs lists the packs in a machine's sync folder.
func (g *game) packs(m *Machine) []string {
	files, err := transport.All(context.Background(), m.Transport)
	g.check(err)
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	return names
}

// carry is the sync tool: it brings packs from one machine's folder to another's.
func (g *game) carry(how string) {
	from, to := g.machine("from"), g.machine("to")
	names := g.packs(from)
	if len(names) == 0 || from == to {
		return
	}
	pick := names[rapid.IntRange(0, len(names)-1).Draw(g.T, "file")]
	switch how {
	case "sync":
		g.bring(from, to, names...)
		g.bring(to, from, g.packs(to)...)
	case "sync one":
		g.bring(from, to, pick)
	case "half":
		g.half(from, to, pick)
	case "copy":
		name := strings.TrimSuffix(pick, ".ccsync") + ".sync-conflict-20261120-101500-ABCDEFG.ccsync"
		data, err := os.ReadFile(filepath.Join(g.folder(from), pick))
		g.check(err)
		g.put(to, name, data)
	}
}

// bring copies what its owner has of a pack: a pack is written by one machine only, so the newest version
// is the owner's, or one on its way from there.
func (g *game) bring(from, to *Machine, names ...string) {
	for _, name := range names {
		if strings.HasSuffix(name, "-"+to.Name+".ccsync") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(g.folder(from), name))
		g.check(err)
		if old, err := os.ReadFile(filepath.Join(g.folder(to), name)); err == nil && !strings.HasSuffix(name, "-"+from.Name+".ccsync") && len(old) >= len(data) {
			continue
		}
		g.put(to, name, data)
	}
}

func (g *game) put(m *Machine, name string, data []byte) {
	path := filepath.Join(g.folder(m), name)
	g.check(os.MkdirAll(filepath.Dir(path), 0o755))
	g.check(os.WriteFile(path, data, 0o600))
}

// half leaves a pack as a sync tool may leave it that writes in place, has the machine pull, and then
// brings the rest.
func (g *game) half(from, to *Machine, name string) {
	if strings.HasSuffix(name, "-"+to.Name+".ccsync") {
		return
	}
	data, err := os.ReadFile(filepath.Join(g.folder(from), name))
	g.check(err)
	g.put(to, name, data[:len(data)*rapid.IntRange(1, 9).Draw(g.T, "tenths")/10])
	_, err = to.Pull(context.Background(), syncer.Scope{})
	g.check(err)
	g.put(to, name, data)
}

// settle lets everybody pull, resolve and push until nothing is left, and looks at the end.
func (g *game) settle() {
	g.mend()
	g.swept = map[string]bool{}
	before := g.rows()
	for round := 0; ; round++ {
		if round > 20 {
			g.Fatal("the machines do not come to rest")
		}
		busy := false
		for _, m := range g.w.machines {
			for _, other := range g.w.machines {
				if other != m {
					g.bring(other, m, g.packs(other)...)
				}
			}
			busy = g.unarchive(m) || busy
			busy = g.tidy(m) || busy
		}
		if !busy {
			break
		}
	}
	g.laws(before)
	g.same()
}

// unarchive brings back what retention took, which no plain pull does. A session may come to be archived while the
// machines settle: its only pack was cut, and is mended.
func (g *game) unarchive(m *Machine) (busy bool) {
	snap, err := m.Look(context.Background())
	g.check(err)
	for _, s := range snap.Projects[0].Sessions {
		if s.State == syncer.Archived {
			_, err := m.Pull(context.Background(), syncer.Scope{Session: string(s.ID)})
			g.check(err)
			busy = true
		}
	}
	return busy
}

func (g *game) tidy(m *Machine) (busy bool) {
	pulled, err := m.Pull(context.Background(), syncer.Scope{})
	g.check(err)
	pushed, err := m.Push(context.Background(), syncer.Scope{Overwrite: true})
	g.check(err)
	for _, e := range slices.Concat(pulled, pushed) {
		if e.Kind == syncer.Failed {
			g.Fatalf("%s: %v", e.Session, e.Err)
		}
		// Of a conflicted copy the other folders have theirs.
		busy = busy || e.Kind != syncer.Strayed && e.Kind != syncer.Tidied && e.Kind != syncer.InArchive
	}
	return busy
}

// same holds what must be so once the machines have come to rest.
func (g *game) same() {
	first := g.w.machines[0]
	for _, m := range g.w.machines[1:] {
		if a, b := g.sessions(first), g.sessions(m); !slices.Equal(a, b) {
			g.Fatalf("%s has %v, %s has %v", first.Name, a, m.Name, b)
		}
		for _, id := range g.sessions(m) {
			if a, b := numbers(g.w.read(first, id)), numbers(g.w.read(m, id)); !maps.Equal(a, b) {
				g.Fatalf("%s: %s has %v, %s has %v", id, first.Name, a, m.Name, b)
			}
		}
	}
	g.packsFollow()
	kept := map[ccsync.SessionID]string{}
	for _, id := range g.sessions(first) {
		text := conversation(g.w.read(first, id))
		for other, have := range kept {
			if have == text && g.parent(first, id) == g.parent(first, other) && !g.excused(first, id, other) && !g.excused(first, other, id) {
				g.Fatalf("%s and %s hold the same conversation %s", id, other, text)
			}
		}
		kept[id] = text
	}
	g.everyTurnGoesOn(first)
}
