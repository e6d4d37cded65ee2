package engine

import (
	"context"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
)

var number = regexp.MustCompile(`"n":(\d+)`)

// rows is every transcript and every own pack, each as its rows by their numbers.
func (g *game) rows() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, m := range g.w.machines {
		for _, id := range g.sessions(m) {
			all[g.where(m, id)] = g.once(g.where(m, id), g.w.read(m, id))
		}
		for _, name := range g.packs(m) {
			if strings.HasSuffix(name, "-"+m.Name+".ccsync") {
				all[g.wherePacked(m, name)] = g.once(name, g.unpackOwn(m, name))
			}
		}
	}
	return all
}

// packed marks an own pack among the transcripts.
const packed = "pack of "

// wherePacked is where, for an own pack of the session.
func (g *game) wherePacked(m *Machine, name string) string {
	id := name[strings.LastIndexByte(name, '/')+1:]
	return packed + g.where(m, ccsync.SessionID(strings.TrimSuffix(id, "-"+m.Name+".ccsync")))
}

// once is numbered; it holds that no row with a uuid stands twice.
func (g *game) once(where, text string) map[string]string {
	for n, row := range numbered(text) {
		if strings.Contains(row, `"uuid"`) && strings.Count(text, `"n":`+n+`,`) > 1 {
			g.Fatalf("%s has row %s twice: %s", where, n, text)
		}
	}
	return numbered(text)
}

// numbered is the rows by their numbers.
func numbered(text string) map[string]string {
	rows := map[string]string{}
	for row := range strings.SplitSeq(text, "\n") {
		if n := number.FindStringSubmatch(row); n != nil {
			rows[n[1]] = row
		}
	}
	return rows
}

func numbers(text string) map[string]bool {
	set := map[string]bool{}
	for n := range numbered(text) {
		set[n] = true
	}
	return set
}

func (g *game) unpack(m *Machine, name string) string {
	p, err := m.packs().Open(context.Background(), name)
	if err != nil {
		g.Fatalf("%s is torn: %v", name, err)
	}
	defer p.Close()
	var text strings.Builder
	if _, err := io.Copy(&text, p.Body()); err != nil {
		g.Fatalf("%s is torn: %v", name, err)
	}
	return text.String()
}

// laws holds what must be so after every step.
func (g *game) laws(before map[string]map[string]string) {
	after := g.rows()
	g.last = after
	for where, rows := range before {
		of, own := strings.CutPrefix(where, packed)
		for n, row := range rows {
			now, ok := after[where][n]
			if !ok {
				g.Fatalf("%s lost row %s", where, n)
			}
			if now != row && (!own || now != after[of][n]) {
				g.Fatalf("%s has row %s as %s, and not as %s", where, n, now, row)
			}
		}
	}
	for _, m := range g.w.machines {
		for _, id := range g.sessions(m) {
			text := g.w.read(m, id)
			if text == "" || !strings.HasSuffix(text, "\n") && !strings.HasSuffix(text, "}") {
				g.Fatalf("%s is torn: %q", g.where(m, id), text)
			}
			for row := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
				if !strings.HasPrefix(row, "{") || !strings.HasSuffix(row, "}") {
					g.Fatalf("%s has a torn row: %q", g.where(m, id), row)
				}
				if strings.Count(row, `"n":`) > 1 {
					g.Fatalf("%s has two rows in one: %q", g.where(m, id), row)
				}
			}
		}
	}
}

func (g *game) noTornPacks(m *Machine) {
	for _, name := range g.packs(m) {
		if strings.HasSuffix(name, "-"+m.Name+".ccsync") && !strings.HasSuffix(strings.TrimSuffix(g.unpack(m, name), "\n"), "}") {
			g.Fatalf("a torn row travelled: %s", name)
		}
	}
}

// conversation is a transcript's turns in order.
func conversation(text string) string {
	var turns []string
	for row := range strings.SplitSeq(text, "\n") {
		if n := number.FindStringSubmatch(row); n != nil && isTurn(row) {
			turns = append(turns, n[1])
		}
	}
	return strings.Join(turns, " ")
}

// justified holds that a conflict is one: each side has turns of its own.
func (g *game) justified(m *Machine, e syncer.Event) {
	ours := strings.Fields(conversation(g.w.read(m, e.Session)))
	snap, err := m.Look(context.Background())
	g.check(err)
	_, s, err := snap.Find(string(e.Session), "")
	g.check(err)
	for _, v := range s.Versions {
		if v.State != syncer.Diverged {
			continue
		}
		theirs := strings.Fields(conversation(g.unpack(m, v.Name)))
		if subset(ours, theirs) || subset(theirs, ours) {
			g.Fatalf("%s: reported as a conflict with %s, but ours is %v and theirs %v", e.Session, v.Name, ours, theirs)
		}
	}
}

func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(n string) bool { return !slices.Contains(b, n) })
}

// packsFollow holds that each own pack has its rows as its machine has them. A row that is no turn may be in the pack
// alone: retention took the session after it was pushed, and another machine's pack with more turns brought it back.
// Such a row never makes a session behind (transcript.Relate), and the pack keeps it.
func (g *game) packsFollow() {
	all := g.rows()
	for where, rows := range all {
		of, own := strings.CutPrefix(where, packed)
		for n, row := range rows {
			have, here := all[of][n]
			if own && have != row && (here || isTurn(row) || !g.taken[of]) {
				g.Fatalf("%s has row %s as %s, its machine as %s", where, n, row, all[of][n])
			}
		}
	}
}

// noDoubles holds that a command which was killed and run again made each fork once.
func (g *game) noDoubles(m *Machine, had []ccsync.SessionID) {
	made := map[string]ccsync.SessionID{}
	for _, id := range g.sessions(m) {
		if slices.Contains(had, id) {
			continue
		}
		text := conversation(g.w.read(m, id))
		if other, twice := made[text]; twice {
			g.Fatalf("%s and %s are forks of one branch, %s", id, other, text)
		}
		made[text] = id
	}
}

// held reports whether each of these turns stands in some transcript or pack.
func (g *game) held(turns []string) bool {
	all := map[string]string{}
	for _, rows := range g.rows() {
		maps.Copy(all, rows)
	}
	return !slices.ContainsFunc(turns, func(n string) bool { return all[n] == "" })
}

// excused reports whether a fork may hold what its session holds: what parted the two was taken by retention
// before anybody had a copy of it.
func (g *game) excused(m *Machine, fork, of ccsync.SessionID) bool {
	if !g.gone[of] {
		return false
	}
	made, err := isFork(syncer.Session{ID: fork, Path: g.w.path(m, fork)}, of)
	g.check(err)
	return made
}

// parent is the session of which another one is a fork, "" if it is none. Forks of two sessions may hold the same
// conversation: if a branch was merged into a fork before it lost there, it lost in both.
func (g *game) parent(m *Machine, id ccsync.SessionID) ccsync.SessionID {
	for _, of := range g.sessions(m) {
		made, err := isFork(syncer.Session{ID: id, Path: g.w.path(m, id)}, of)
		g.check(err)
		if made {
			return of
		}
	}
	return ""
}

var member = regexp.MustCompile(`"(uuid|parentUuid)":"(\w*)"`)

// tip is the last turn in file order, from which Claude Code goes on.
func tip(text string) string {
	if c := chain(text); len(c) > 0 {
		return c[0]
	}
	return ""
}

// chain is what the model is shown when the session is resumed: the last turn and what it descends from.
func chain(text string) []string {
	parents, last := map[string]string{}, ""
	for row := range strings.SplitSeq(text, "\n") {
		if m := member.FindAllStringSubmatch(row, -1); len(m) == 2 {
			parents[m[1][2]], last = m[0][2], m[1][2]
		}
	}
	var c []string
	for at := last; at != ""; at = parents[at] {
		if _, here := parents[at]; !here {
			break // nothing of what it went on from is shown
		}
		c = append(c, at)
	}
	return c
}

// everyTurnGoesOn holds that each turn is one the model is shown when some session is resumed: a branch that
// lost is a session of its own, and none is hidden in the middle of a file.
func (g *game) everyTurnGoesOn(m *Machine) {
	shown, all := map[string]bool{}, map[string]bool{}
	for _, id := range g.sessions(m) {
		text := g.w.read(m, id)
		for _, turn := range chain(text) {
			shown[turn] = true
		}
		for row := range strings.SplitSeq(text, "\n") {
			if t := member.FindAllStringSubmatch(row, -1); isTurn(row) && len(t) == 2 {
				all[t[1][2]] = true
			}
		}
	}
	for turn := range all {
		if !shown[turn] {
			g.Fatalf("no session goes on from %s", turn)
		}
	}
}
