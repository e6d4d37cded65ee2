package engine

import (
	"maps"
	"path/filepath"
	"testing"
)

// What TestPeoplesWorldsAreKept found; each history is as short as it can be. Settling holds the laws.
func TestWhatPeopleDidIsKept(t *testing.T) {
	for name, history := range foundHistories() {
		t.Run(name, func(t *testing.T) {
			p := newPeople(t, t.TempDir(), newRepository(t), 1)
			defer func() {
				if t.Failed() {
					t.Log(p.trail)
				}
			}()
			s := p.newSide("desktop")
			history(p, s)
			p.laws("at the beginning")
			other := p.newSide("laptop")
			p.begin(other, p.clone(other, "app", "app"))
			p.settle()
			if files := p.transcripts(other); len(files) < 2 {
				t.Error("the laptop got nothing")
			}
		})
	}
}

// pushedAndCopied has a session that is pushed, copied to another folder, and continued in both.
func (p *people) pushedAndCopied(s *side, from, to string) {
	path := p.begin(s, from)
	p.push(s)
	p.laws("before it was copied")
	copied := filepath.Join(p.storeOf(s, to), filepath.Base(path))
	p.copyTo(s, path, copied)
	p.goOn(s, path, from)
	p.goOn(s, copied, to)
}

func foundHistories() map[string]func(*people, *side) {
	histories := movedHistories()
	maps.Copy(histories, map[string]func(*people, *side){
		"a work tree is removed before anybody looked, and its checkout had no session": func(p *people, s *side) {
			app := p.clone(s, "app", "app")
			tree := filepath.Join(app, ".claude", "worktrees", "t")
			git(p.t, app, "worktree", "add", "-q", "--detach", tree)
			p.begin(s, tree)
			p.remove(s, tree)
		},
		"a session and its copy in a new folder go on": func(p *people, s *side) {
			app := p.clone(s, "app", "app")
			p.pushedAndCopied(s, app, filepath.Join(app, "web"))
		},
		"the same, and the checkout is renamed before anybody looked": func(p *people, s *side) {
			app := p.clone(s, "app", "app")
			p.pushedAndCopied(s, app, filepath.Join(app, "web"))
			p.rename(s)
		},
		"a session that moved to a folder below is copied to another project, which shares its folder": func(p *people, s *side) {
			web := filepath.Join(p.clone(s, "app", "app"), "web")
			p.push(s)
			dash := p.clone(s, "t-b", "dash")
			p.begin(s, dash)
			p.begin(s, p.clone(s, "t/b", "slash"))
			path := p.begin(s, filepath.Dir(web))
			moved := filepath.Join(p.storeOf(s, web), filepath.Base(path))
			p.move(s, path, moved, web)
			p.goOn(s, moved, web)
			p.push(s)
			copied := filepath.Join(p.storeOf(s, dash), filepath.Base(path))
			p.copyTo(s, moved, copied)
			p.goOn(s, moved, web)
			p.goOn(s, copied, dash)
		},
		"a checkout gets another URL and another name before anybody looked again": func(p *people, s *side) {
			app := p.clone(s, "app", "app")
			p.begin(s, app)
			p.push(s)
			p.setURL(s)
			p.rename(s)
		},
	})
	return histories
}

// movedHistories are about sessions and repositories that move.
func movedHistories() map[string]func(*people, *side) {
	return map[string]func(*people, *side){
		"a session that was pushed moves to another repository, and its checkout is renamed": func(p *people, s *side) {
			app := p.clone(s, "app", "app")
			path := p.begin(s, app)
			p.push(s)
			other := p.clone(s, "other", "other")
			moved := filepath.Join(p.storeOf(s, other), filepath.Base(path))
			p.move(s, path, moved, other)
			p.goOn(s, moved, other)
			p.rename(s)
		},
		"a session that moved to another repository lies in a third one, too": func(p *people, s *side) {
			web := filepath.Join(p.clone(s, "app", "app"), "web")
			path := p.begin(s, web)
			p.push(s)
			other := p.clone(s, "other", "other")
			p.begin(s, other)
			copied := filepath.Join(p.storeOf(s, filepath.Dir(web)), filepath.Base(path))
			p.copyTo(s, path, copied)
			moved := filepath.Join(p.storeOf(s, other), filepath.Base(path))
			p.move(s, copied, moved, other)
			p.goOn(s, moved, other)
		},
		"a pushed row is edited after its repository got another URL": func(p *people, s *side) {
			app := p.clone(s, "app", "app")
			p.begin(s, app)
			p.push(s)
			p.setURL(s)
			p.push(s)
			p.rewrite(s)
		},
		"a person says that a repository is the one that waits, and work trees of it are gone": func(p *people, s *side) {
			app := p.clone(s, "app", "app")
			p.origin(s, app, "https://git.example.org/acme/app.git")
			third := p.newSide("notebook")
			p.begin(third, p.clone(third, "app", "app"))
			p.push(third)
			p.laws("from the notebook")
			p.begin(s, app)
			old, tree := p.newTree(s, app), p.newTree(s, app)
			p.begin(s, old)
			p.begin(s, tree)
			p.push(s)
			p.remove(s, old)
			p.pull(s)
			p.remove(s, tree)
		},
		"a work tree is removed after its repository got another URL, before anybody looked": func(p *people, s *side) {
			app := p.clone(s, "app", "app")
			p.begin(s, app)
			tree := filepath.Join(app, ".claude", "worktrees", "t")
			git(p.t, app, "worktree", "add", "-q", "--detach", tree)
			p.begin(s, tree)
			p.push(s)
			p.setURL(s)
			p.remove(s, tree)
		},
	}
}
