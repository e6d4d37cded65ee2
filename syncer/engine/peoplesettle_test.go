package engine

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
)

// settle lets everybody pull and push until nothing is left to do, and holds what must be so then.
func (p *people) settle() {
	p.trail = append(p.trail, "in the end:")
	for round, busy := 0, true; busy || round < 2; round++ {
		if round == 12 {
			p.t.Fatal("the machines do not come to rest")
		}
		busy = false
		for _, s := range p.sides {
			cured := p.cure(s)
			events := p.run(s, "pulls", s.Pull, syncer.Scope{})
			events = append(events, p.run(s, "pushes, and wins", s.Push, syncer.Scope{Overwrite: true})...)
			busy = busy || cured || slices.ContainsFunc(events, func(e syncer.Event) bool { return e.Kind != syncer.WaitingFor && e.Kind != syncer.Strayed })
			p.laws("in the end")
		}
	}
	packs := p.allPacks()
	for _, s := range p.sides {
		p.settled(s, packs)
	}
}

// cure does what status asks a person to do: for checkouts that were renamed, and for a repository that has another URL
// here than elsewhere, which only a person can know if this machine never saw it under the other.
//
// It reports whether there was anything to do.
func (p *people) cure(s *side) (cured bool) {
	snap, err := s.Look(context.Background())
	p.w.check(err)
	var gone []string
	for _, u := range snap.Unplaced {
		if u.Reason.Gone {
			gone = append(gone, u.Cwd)
		}
	}
	for _, project := range snap.Projects {
		if project.Stale() {
			gone = append(gone, project.Cwds[0].Path)
		}
	}
	slices.Sort(gone)
	for _, was := range slices.Compact(gone) {
		if now := s.renamedTo(was); now != "" {
			if s.cured[was] {
				p.t.Fatalf("%s asks again about %s", s.home, was)
			}
			s.cured[was] = true
			p.say(s, "registers %s, which was %s", now, was)
			_, _, err := s.RegisterWas(context.Background(), now, was)
			p.w.check(err)
			cured = true
		}
	}
	for _, waiting := range snap.Waiting {
		for _, checkout := range s.checkouts(waiting.Key.Repository().Name()) {
			root := filepath.Join(checkout, filepath.FromSlash(waiting.Key.Subdir()))
			p.say(s, "says that %s is %s", root, waiting.Key)
			_, _, err := s.Join(context.Background(), waiting.Key, root)
			p.w.check(err)
			return true // that may have been all
		}
	}
	return cured
}

// renamedTo is the checkout that has the place of a folder which is gone.
func (s *side) renamedTo(gone string) string {
	for old, now := range s.renamed {
		for next := s.renamed[now]; next != ""; next = s.renamed[now] {
			now = next
		}
		if gone == old || strings.HasPrefix(gone, old+string(filepath.Separator)) {
			return now
		}
	}
	return ""
}

// settled holds what must be so on a machine once all have come to rest.
func (p *people) settled(s *side, packs []heldPack) {
	snap, err := s.Look(context.Background())
	p.w.check(err)
	here := p.transcripts(s)
	for _, u := range snap.Unplaced {
		if len(here[u.Path]) > 0 {
			p.t.Fatalf("%s is in no project: %v", u.Path, u.Reason)
		}
	}
	for _, project := range snap.Projects {
		for i := range project.Sessions {
			if session := &project.Sessions[i]; session.Unsent() || session.Problem != nil {
				p.t.Fatalf("%s of %s is unsent on %s: %v, %v", session.ID, project.Key, s.home, session.State, session.Problem)
			}
		}
	}
	for _, stray := range snap.Strays {
		p.t.Fatalf("%s is a stray for %s: %v", stray.Name, s.home, stray.Reason)
	}
	for _, waiting := range snap.Waiting {
		if len(s.checkouts(waiting.Key.Repository().Name())) > 0 {
			p.t.Fatalf("%s waits on %s", waiting.Key, s.home)
		}
	}
	p.formsFollow(s, snap, here, packs)
	p.urlsAreKnown(s)
	opened := map[string]bool{} // the folders of the store in which Claude Code looks
	for _, cwd := range s.folders() {
		opened[p.storeOf(s, cwd)] = true
	}
	for _, pack := range packs {
		if !slices.Contains(slices.Collect(maps.Values(s.repos)), pack.key.Repository().Name()) {
			continue
		}
		if !slices.ContainsFunc(slices.Collect(maps.Keys(here)), func(file string) bool {
			return opened[filepath.Dir(file)] && filepath.Base(file) == string(pack.session)+".jsonl" && here[file].lacks(pack.rows) == ""
		}) {
			p.t.Fatalf("%s has no transcript with all rows of %s that Claude Code opens", s.home, pack.name)
		}
	}
}

// urlsAreKnown holds that a checkout is of the repository that its remote names, whatever it was before.
func (p *people) urlsAreKnown(s *side) {
	p.t.Helper()
	reg, err := s.registry()
	p.w.check(err)
	for dir, url := range s.urls {
		is, registered := reg.KeyOf(dir)
		want, err := project.FromRemote(url)
		p.w.check(err)
		if registered && !reg.Same(is, want) {
			p.t.Fatalf("%s is of %s, and its remote says %s", dir, is, want)
		}
	}
}

// formsFollow holds that the machine's own packs have each row as one of its transcripts of the session has it.
func (p *people) formsFollow(s *side, snap syncer.Snapshot, here map[string]rows, packs []heldPack) {
	p.t.Helper()
	held := map[string]rows{}
	for _, pack := range packs {
		held[pack.name] = pack.rows
	}
	for _, project := range snap.Projects {
		for i := range project.Sessions {
			session := &project.Sessions[i]
			for _, v := range session.Versions {
				if !v.Own || session.Path == "" {
					continue
				}
				for uuid, row := range held[v.Name] {
					if !haveForm(here, session.ID, uuid, row) {
						p.t.Fatalf("%s has row %s as %s, and no transcript on %s has it so", v.Name, uuid, row, s.home)
					}
				}
			}
		}
	}
}

// haveForm reports whether a transcript of a session has a row in this form, or none has the row.
func haveForm(here map[string]rows, id ccsync.SessionID, uuid, row string) bool {
	missing := true
	for file, all := range here {
		if is, has := all[uuid]; has && filepath.Base(file) == string(id)+".jsonl" {
			missing = false
			if is == row {
				return true
			}
		}
	}
	return missing
}
