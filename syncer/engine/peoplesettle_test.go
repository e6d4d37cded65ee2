package engine

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"claude-sync/syncer"
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
			p.cure(s)
			events := p.run(s, "pulls", s.Pull, syncer.Scope{})
			events = append(events, p.run(s, "pushes, and wins", s.Push, syncer.Scope{Overwrite: true})...)
			busy = busy || slices.ContainsFunc(events, func(e syncer.Event) bool { return e.Kind != syncer.WaitingFor && e.Kind != syncer.Strayed })
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
func (p *people) cure(s *side) {
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
	for _, was := range gone {
		if now := s.renamedTo(was); now != "" {
			p.say(s, "registers %s, which was %s", now, was)
			_, _, err := s.RegisterWas(context.Background(), now, was)
			p.w.check(err)
		}
	}
	for _, waiting := range snap.Waiting {
		if waiting.Key.Repository().Name() == "app" {
			root := filepath.Join(s.roots()[0], filepath.FromSlash(waiting.Key.Subdir()))
			p.say(s, "says that %s is %s", root, waiting.Key)
			_, _, err := s.Join(context.Background(), waiting.Key, root)
			p.w.check(err)
			return // that may have been all
		}
	}
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
				p.t.Fatalf("%s of %s is unsent on %s: %v, %v", session.ID, project.Key, s.Name, session.State, session.Problem)
			}
		}
	}
	opened := map[string]bool{} // the folders of the store in which Claude Code looks
	for _, cwd := range s.folders() {
		opened[p.storeOf(s, cwd)] = true
	}
	for _, pack := range packs {
		if !slices.Contains(slices.Collect(maps.Values(s.repos)), pack.key.Repository().Name()) {
			continue
		}
		if !slices.ContainsFunc(slices.Collect(maps.Keys(here)), func(file string) bool {
			return opened[filepath.Dir(file)] && filepath.Base(file) == string(pack.session)+".jsonl" && lacks(here[file], pack.rows) == ""
		}) {
			p.t.Fatalf("%s has no transcript with all rows of %s that Claude Code opens", s.Name, pack.name)
		}
	}
}
