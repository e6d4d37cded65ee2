package engine

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
)

var uuidMember = regexp.MustCompile(`"uuid":"(\w+)"`)

// rows is the whole rows of a transcript that have a uuid, by that.
type rows map[string]string

func turnsOf(text string) rows {
	all := rows{}
	for row := range strings.SplitSeq(text, "\n") {
		if m := uuidMember.FindStringSubmatch(row); m != nil && strings.HasSuffix(row, "}") {
			all[m[1]] = row
		}
	}
	return all
}

// lacks returns the uuid of a row of want that rows has not, "" if there is none.
func (r rows) lacks(want rows) string {
	for _, uuid := range slices.Sorted(maps.Keys(want)) {
		if _, has := r[uuid]; !has {
			return uuid
		}
	}
	return ""
}

// differs returns the uuid of a row that both have, and not in the same form, "" if there is none.
func (r rows) differs(other rows) string {
	for _, uuid := range slices.Sorted(maps.Keys(other)) {
		if row, has := r[uuid]; has && row != other[uuid] {
			return uuid
		}
	}
	return ""
}

// heldPack is a pack in the sync folder.
type heldPack struct {
	name    string
	session ccsync.SessionID
	key     project.Key
	rows    rows
}

func (p *people) allPacks() (all []heldPack) {
	m := p.sides[0].Machine
	files, err := transport.All(context.Background(), m.Transport)
	p.w.check(err)
	for _, f := range files {
		h, err := m.packs().Header(context.Background(), f.Name)
		p.w.check(err)
		all = append(all, heldPack{f.Name, h.SessionID, project.Key(h.ProjectKey), turnsOf(p.w.unpack(m, f.Name))})
	}
	return all
}

// transcripts is the rows of each transcript of a machine's store.
func (p *people) transcripts(s *side) map[string]rows {
	files, err := filepath.Glob(filepath.Join(s.Store.Dir, "projects", "*", "*.jsonl"))
	p.w.check(err)
	all := map[string]rows{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		p.w.check(err)
		all[file] = turnsOf(string(text))
	}
	return all
}

// laws holds what must be so after every step.
func (p *people) laws(when string) {
	p.t.Helper()
	packs, now := p.allPacks(), map[string]rows{}
	sent := rows{}
	for _, pack := range packs {
		now[pack.name] = pack.rows
		maps.Copy(sent, pack.rows)
	}
	for _, s := range p.sides {
		here := p.transcripts(s)
		maps.Copy(now, here)
		s.remember(here)
		snap, err := s.Look(context.Background())
		p.w.check(err)
		p.accounted(s, snap, here, sent)
		p.ownPacksAreBehind(snap, here, now)
		p.oneProject(s, packs)
		p.forksArePlaced(snap)
	}
	p.kept(when, now)
	p.ownWriting(packs)
	p.last = now
}

// kept holds that nothing lost a row, and that the rows of a transcript are as they were.
func (p *people) kept(when string, now map[string]rows) {
	p.t.Helper()
	for where, had := range p.last {
		if row := now[where].lacks(had); row != "" {
			p.t.Fatalf("%s: %s lost row %s", when, where, row)
		}
		if row := now[where].differs(had); row != "" && filepath.IsAbs(where) {
			p.t.Fatalf("%s: %s had row %s as %s, and has it as %s", when, where, row, had[row], now[where][row])
		}
	}
}

// remember notes the forms of the rows that a machine has.
func (s *side) remember(here map[string]rows) {
	for _, all := range here {
		for uuid, row := range all {
			if s.had[uuid] == nil {
				s.had[uuid] = map[string]bool{}
			}
			s.had[uuid][row] = true
		}
	}
}

// ownWriting holds that the packs which are new or changed are of the machine that ran the last verb, and have rows only
// in forms that it had.
func (p *people) ownWriting(packs []heldPack) {
	p.t.Helper()
	for _, pack := range packs {
		if maps.Equal(p.last[pack.name], pack.rows) {
			continue
		}
		if by := p.wrote[pack.name]; by != nil && by != p.actor {
			p.t.Fatalf("%s is of %s, and was overwritten on %s", pack.name, by.home, p.actor.home)
		}
		p.wrote[pack.name] = p.actor
		for uuid, row := range pack.rows {
			if !p.actor.had[uuid][row] {
				p.t.Fatalf("%s has row %s as %s, which its machine never had", pack.name, uuid, row)
			}
		}
	}
}

// ownPacksAreBehind holds that a look names a session of which this machine's own pack has a row in another form than the
// only transcript.
func (p *people) ownPacksAreBehind(snap syncer.Snapshot, here, now map[string]rows) {
	p.t.Helper()
	for _, project := range snap.Projects {
		for i := range project.Sessions {
			session := &project.Sessions[i]
			for _, v := range session.Versions {
				row := here[session.Path].differs(now[v.Name])
				if v.Own && row != "" && len(session.Copies) == 0 && !session.Unsent() {
					p.t.Fatalf("%s has row %s of %s in another form, and a look says nothing of it", v.Name, row, session.Path)
				}
			}
		}
	}
}

// accounted holds that a look tells each transcript once, and names what no pack has.
func (p *people) accounted(s *side, snap syncer.Snapshot, here map[string]rows, sent rows) {
	p.t.Helper()
	told, named := map[string]int{}, map[string]bool{}
	for _, u := range snap.Unplaced {
		told[u.Path]++
		named[u.Path] = u.Reason != nil && u.Reason.Error() != "" && syncer.Hint(u.Reason) != ""
	}
	for _, project := range snap.Projects {
		for i := range project.Sessions {
			session := &project.Sessions[i]
			for v := range session.Views() {
				if v.Path != "" {
					told[v.Path]++
					named[v.Path] = session.Unsent() || session.State == syncer.Diverged || session.Problem != nil
				}
			}
		}
	}
	for path, all := range here {
		if told[path] != 1 {
			p.t.Fatalf("a look on %s tells %s %d times", s.home, path, told[path])
		}
		if row := sent.lacks(all); row != "" && !named[path] {
			p.t.Fatalf("row %s of %s is in no pack, and a look says nothing of it", row, path)
		}
	}
	if len(told) != len(here) {
		p.t.Fatalf("a look on %s tells %d transcripts, and there are %d", s.home, len(told), len(here))
	}
}

// forksArePlaced holds that no session that claude-sync made in this step is in no project.
func (p *people) forksArePlaced(snap syncer.Snapshot) {
	p.t.Helper()
	for _, u := range snap.Unplaced {
		if _, before := p.last[u.Path]; !before && p.homes[u.Session] == nil && !u.Reason.New() {
			p.t.Fatalf("%s was made where it is in no project: %v", u.Path, u.Reason)
		}
	}
}

// oneProject holds that the packs of a session are of one project.
func (p *people) oneProject(s *side, packs []heldPack) {
	p.t.Helper()
	reg, err := s.registry()
	p.w.check(err)
	first := map[ccsync.SessionID]heldPack{}
	for _, pack := range packs {
		if homes := p.homes[pack.session]; homes != nil && !homes[pack.key.Repository().Name()] {
			p.t.Fatalf("%s is of a project in which nobody had the session", pack.name)
		}
		other, twice := first[pack.session]
		if !twice {
			first[pack.session] = pack
		} else if !reg.Same(other.key, pack.key) {
			p.t.Fatalf("for %s, %s and %s are of two projects", s.home, other.name, pack.name)
		}
	}
}
