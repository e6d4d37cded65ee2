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

// uuidsOf is the whole rows of a transcript that have a uuid.
func uuidsOf(text string) map[string]bool {
	rows := map[string]bool{}
	for row := range strings.SplitSeq(text, "\n") {
		if m := uuidMember.FindStringSubmatch(row); m != nil && strings.HasSuffix(row, "}") {
			rows[m[1]] = true
		}
	}
	return rows
}

// lacks returns a row of want that rows has not, "" if there is none.
func lacks(rows, want map[string]bool) string {
	for _, row := range slices.Sorted(maps.Keys(want)) {
		if !rows[row] {
			return row
		}
	}
	return ""
}

// heldPack is a pack in the sync folder.
type heldPack struct {
	name    string
	session ccsync.SessionID
	key     project.Key
	rows    map[string]bool
}

func (p *people) allPacks() (all []heldPack) {
	m := p.sides[0].Machine
	files, err := transport.All(context.Background(), m.Transport)
	p.w.check(err)
	for _, f := range files {
		h, err := m.packs().Header(context.Background(), f.Name)
		p.w.check(err)
		all = append(all, heldPack{f.Name, h.SessionID, project.Key(h.ProjectKey), uuidsOf(p.w.unpack(m, f.Name))})
	}
	return all
}

// transcripts is the rows of each transcript of a machine's store.
func (p *people) transcripts(s *side) map[string]map[string]bool {
	files, err := filepath.Glob(filepath.Join(s.Store.Dir, "projects", "*", "*.jsonl"))
	p.w.check(err)
	all := map[string]map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		p.w.check(err)
		all[file] = uuidsOf(string(text))
	}
	return all
}

// laws holds what must be so after every step.
func (p *people) laws(when string) {
	p.t.Helper()
	packs, now := p.allPacks(), map[string]map[string]bool{}
	sent := map[string]bool{}
	for _, pack := range packs {
		now[pack.name] = pack.rows
		maps.Copy(sent, pack.rows)
	}
	for _, s := range p.sides {
		here := p.transcripts(s)
		maps.Copy(now, here)
		snap, err := s.Look(context.Background())
		p.w.check(err)
		p.accounted(s, snap, here, sent)
		p.oneProject(s, packs)
	}
	for where, rows := range p.last {
		if row := lacks(now[where], rows); row != "" {
			p.t.Fatalf("%s: %s lost row %s", when, where, row)
		}
	}
	p.last = now
}

// accounted holds that a look tells each transcript once, and names what no pack has.
func (p *people) accounted(s *side, snap syncer.Snapshot, here map[string]map[string]bool, sent map[string]bool) {
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
	for path, rows := range here {
		if told[path] != 1 {
			p.t.Fatalf("a look on %s tells %s %d times", s.Name, path, told[path])
		}
		if row := lacks(sent, rows); row != "" && !named[path] {
			p.t.Fatalf("row %s of %s is in no pack, and a look says nothing of it", row, path)
		}
	}
	if len(told) != len(here) {
		p.t.Fatalf("a look on %s tells %d transcripts, and there are %d", s.Name, len(told), len(here))
	}
}

// oneProject holds that the packs of a session are of one project.
func (p *people) oneProject(s *side, packs []heldPack) {
	p.t.Helper()
	reg, err := s.registry()
	p.w.check(err)
	first := map[ccsync.SessionID]heldPack{}
	for _, pack := range packs {
		other, twice := first[pack.session]
		if !twice {
			first[pack.session] = pack
		} else if !reg.Same(other.key, pack.key) {
			p.t.Fatalf("for %s, %s and %s are of two projects", s.Name, other.name, pack.name)
		}
	}
}
