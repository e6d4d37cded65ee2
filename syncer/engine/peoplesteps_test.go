package engine

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
)

// begin has a new session in a folder.
func (p *people) begin(s *side, cwd string) string {
	p.next++
	path := filepath.Join(p.storeOf(s, cwd), fmt.Sprintf("%08x-0000-4000-8000-000000000000.jsonl", p.next))
	p.w.check(os.MkdirAll(filepath.Dir(path), 0o700))
	p.homes[sessionOf(path)] = map[string]bool{}
	p.goOn(s, path, cwd)
	return path
}

// isIn notes that a session is in a folder, if a person began it: of a fork only claude-sync knows where it is from.
func (p *people) isIn(s *side, path, cwd string) {
	id := sessionOf(path)
	if p.homes[id] == nil {
		return
	}
	for dir, repository := range s.repos {
		if cwd == dir || strings.HasPrefix(cwd, dir+string(filepath.Separator)) {
			p.homes[id][repository] = true
		}
	}
}

func sessionOf(path string) ccsync.SessionID {
	return ccsync.SessionID(strings.TrimSuffix(filepath.Base(path), ".jsonl"))
}

// goOn adds a turn to a session.
func (p *people) goOn(s *side, path, cwd string) {
	p.next++
	p.isIn(s, path, cwd) // in a folder of the store that two share, it may have been the other's
	p.say(s, "has turn u%d of %.8s in %s", p.next, filepath.Base(path), cwd)
	old, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		p.t.Fatal(err)
	}
	if n := len(old); n > 0 && old[n-1] != '\n' {
		old = append(old, '\n') // after a crash
	}
	row := fmt.Sprintf(`{"type":"user","parentUuid":%q,"uuid":"u%d","n":%d,"v":"","cwd":%q}`+"\n", tip(string(old)), p.next, p.next, cwd)
	p.w.check(os.WriteFile(path, append(old, row...), 0o600))
}

// step does one thing and holds the laws.
func (p *people) step() {
	s := pick(p, p.sides)
	steps := []func(*side){p.turn, p.turn, p.turn, p.push, p.push, p.pull, p.pull, p.workTree, p.workTree, p.removeTree, p.rename, p.copy, p.copy, p.cd, p.cd, p.setURL, p.cloneMore,
		p.twins, p.empty, p.rewrite, p.rewrite, p.rewrite, p.evening, p.part, p.copyConfiguration, p.withoutRemote, p.firstRemote, p.cdAway, p.cdAway}
	steps[p.r.Intn(len(steps))](s)
	p.laws("afterwards")
}

func (p *people) turn(s *side) {
	cwd := pick(p, s.folders())
	if have := p.sessionsIn(s, cwd); len(have) > 0 && p.r.Intn(3) > 0 {
		p.goOn(s, pick(p, have), cwd)
		return
	}
	p.begin(s, cwd)
}

func (p *people) push(s *side) { p.run(s, "pushes", s.Push, syncer.Scope{}) }
func (p *people) pull(s *side) { p.run(s, "pulls", s.Pull, syncer.Scope{}) }

// evening has a session that goes on on another machine, and comes back.
func (p *people) evening(s *side) {
	other := pick(p, p.sides)
	have := p.sessionsIn(s, s.roots()[0])
	p.push(s)
	p.laws("in the evening")
	p.pull(other)
	for _, path := range p.sessionsIn(other, other.roots()[0]) {
		if slices.ContainsFunc(have, func(had string) bool { return filepath.Base(had) == filepath.Base(path) }) {
			p.goOn(other, path, other.roots()[0])
		}
	}
	p.laws("on the other machine")
	p.push(other)
	p.laws("on the other machine")
	p.pull(s)
}

// workTree has a session in a new work tree, which may be removed at once.
func (p *people) workTree(s *side) {
	dir := p.newTree(s, pick(p, s.roots()))
	path := p.begin(s, dir)
	p.laws("in a work tree")
	if p.r.Intn(3) == 0 {
		p.remove(s, dir)
	} else if p.r.Intn(2) == 0 {
		p.goOn(s, path, dir)
	}
}

// newTree makes a linked work tree as Claude Code does.
func (p *people) newTree(s *side, root string) string {
	p.next++
	dir := filepath.Join(root, ".claude", "worktrees", fmt.Sprintf("t%d", p.next))
	git(p.t, root, "worktree", "add", "-q", "--no-checkout", "--detach", dir)
	s.trees = append(s.trees, dir)
	return dir
}

func (p *people) removeTree(s *side) {
	if len(s.trees) > 0 {
		p.remove(s, pick(p, s.trees))
	}
}

func (p *people) remove(s *side, tree string) {
	p.say(s, "removes %s", tree)
	git(p.t, filepath.Dir(filepath.Dir(filepath.Dir(tree))), "worktree", "remove", "--force", tree)
	s.trees = slices.DeleteFunc(s.trees, func(t string) bool { return t == tree })
}

// rename gives a checkout another name. Its work trees move along.
func (p *people) rename(s *side) {
	old := pick(p, s.roots())
	p.next++
	now := filepath.Join(s.code, fmt.Sprintf("app%d", p.next))
	p.say(s, "renames %s to %s", old, now)
	p.w.check(os.Rename(old, now))
	s.repos[now], s.urls[now] = s.repos[old], s.urls[old]
	delete(s.repos, old)
	delete(s.urls, old)
	for i, tree := range s.trees {
		if rest, below := strings.CutPrefix(tree, old+string(filepath.Separator)); below {
			s.trees[i] = filepath.Join(now, rest)
			git(p.t, now, "worktree", "repair", s.trees[i])
		}
	}
	s.renamed[old] = now
}

// copy copies a transcript into another folder of the store, and may go on with either.
func (p *people) copy(s *side) {
	from, to := pick(p, s.folders()), pick(p, s.folders())
	path, target := p.target(s, from, to)
	if path == "" {
		return
	}
	p.copyTo(s, path, target)
	p.isIn(s, target, to)
	if p.r.Intn(2) == 0 {
		p.goOn(s, path, from)
	}
	if p.r.Intn(2) == 0 {
		p.goOn(s, target, to)
	}
}

// part has a session that goes on in two folders, and may rename the checkout before anybody looks.
func (p *people) part(s *side) {
	root := pick(p, s.roots())
	p.pushedAndCopied(s, root, filepath.Join(root, "web"))
	if p.r.Intn(2) == 0 {
		p.rename(s)
	}
}

// cd moves a session between a checkout and its subfolder.
func (p *people) cd(s *side) {
	from := pick(p, s.roots())
	to := filepath.Join(from, "web")
	if p.r.Intn(3) == 0 {
		from, to = to, from
	}
	path, target := p.target(s, from, to)
	if path == "" {
		return
	}
	p.move(s, path, target, to)
	p.goOn(s, target, to)
}

// cdAway moves a session to a checkout of another repository, or back.
func (p *people) cdAway(s *side) {
	if len(s.checkouts("other")) == 0 {
		p.clone(s, "other", "other")
	}
	from, to := pick(p, s.roots()), s.checkouts("other")[0]
	if p.r.Intn(3) == 0 {
		from, to = to, from
	}
	if path, target := p.target(s, from, to); path != "" {
		p.move(s, path, target, to)
		p.goOn(s, target, to)
	}
}

// target picks a session of one folder that another has not, and where it would be; "" if there is none.
func (p *people) target(s *side, from, to string) (path, target string) {
	have := slices.DeleteFunc(p.sessionsIn(s, from), func(path string) bool {
		_, err := os.Stat(filepath.Join(p.storeOf(s, to), filepath.Base(path)))
		return err == nil
	})
	if len(have) == 0 {
		return "", ""
	}
	path = pick(p, have)
	return path, filepath.Join(p.storeOf(s, to), filepath.Base(path))
}

func (p *people) copyTo(s *side, path, target string) {
	p.say(s, "copies %.8s to %s", filepath.Base(path), filepath.Base(filepath.Dir(target)))
	text, err := os.ReadFile(path)
	p.w.check(err)
	p.w.check(os.MkdirAll(filepath.Dir(target), 0o700))
	p.w.check(os.WriteFile(target, text, 0o600))
}

// move is /cd, which also writes where it went.
func (p *people) move(s *side, path, target, to string) {
	p.say(s, "goes with %.8s to %s", filepath.Base(path), filepath.Base(filepath.Dir(target)))
	p.isIn(s, target, to)
	p.w.check(os.MkdirAll(filepath.Dir(target), 0o700))
	p.w.check(os.Rename(path, target))
	text, err := os.ReadFile(target)
	p.w.check(err)
	if n := len(text); n > 0 && text[n-1] != '\n' {
		text = append(text, '\n') // after a crash
	}
	text = fmt.Appendf(text, `{"type":"relocated","relocatedCwd":%q}`+"\n", to)
	p.w.check(os.WriteFile(target, text, 0o600))
	p.last[target] = p.last[path]
	delete(p.last, path)
}

// rewrite edits rows of a transcript: most often one, else all from there on. The file grows, so that no cache takes it
// for the old one.
func (p *people) rewrite(s *side) {
	all := slices.Sorted(maps.Keys(p.transcripts(s)))
	path := pick(p, all)
	text, err := os.ReadFile(path)
	p.w.check(err)
	lines := strings.SplitAfter(string(text), "\n")
	from := p.r.Intn(len(lines))
	to := pick(p, []int{from + 1, from + 1, len(lines)})
	p.next++
	for i := from; i < to; i++ {
		lines[i] = rewritable.ReplaceAllString(lines[i], fmt.Sprintf(`"v":"%s"`, strings.Repeat("x", p.next)))
	}
	p.say(s, "edits rows %d to %d of %s", from, to-1, strings.TrimPrefix(path, s.home))
	text = []byte(strings.Join(lines, ""))
	if p.r.Intn(2) == 0 {
		p.w.check(os.WriteFile(path, text, 0o600))
	} else {
		p.w.check(os.WriteFile(path+".new", text, 0o600))
		p.w.check(os.Rename(path+".new", path))
	}
	p.last[path] = turnsOf(string(text))
}

// copyConfiguration gives a machine the name of another one.
func (p *people) copyConfiguration(s *side) {
	name := pick(p, p.sides).Options.Name
	p.say(s, "takes the configuration of %s", name)
	if name != s.Options.Name {
		p.configure(s, name)
	}
}

// withoutRemote has a session in a repository that has no remote.
func (p *people) withoutRemote(s *side) {
	if len(s.checkouts("notes")) == 0 {
		p.origin(s, p.clone(s, "notes", "notes"), "")
	}
	p.begin(s, s.checkouts("notes")[0])
}

// firstRemote gives such a repository a remote.
func (p *people) firstRemote(s *side) {
	for _, dir := range s.checkouts("notes") {
		p.say(s, "has a remote in %s", dir)
		p.origin(s, dir, "https://github.com/acme/notes.git")
	}
}

// setURL moves a checkout's repository to another host, and may remove a work tree on the way that was pushed from.
func (p *people) setURL(s *side) {
	root := pick(p, s.roots())
	var tree string
	if p.r.Intn(2) == 0 {
		tree = p.newTree(s, root)
		p.begin(s, tree)
		p.push(s)
		p.laws("before the repository moved")
	}
	p.say(s, "has a new URL in %s", root)
	p.origin(s, root, "https://git.example.org/acme/app.git")
	if tree != "" {
		p.remove(s, tree)
	}
}

// cloneMore has a session in a second checkout.
func (p *people) cloneMore(s *side) {
	p.next++
	p.begin(s, p.clone(s, fmt.Sprintf("second%d", p.next), "app"))
}

// twins has a session in one of two checkouts that share a folder of the store.
func (p *people) twins(s *side) {
	at, repository := "t-b", "dash"
	if p.r.Intn(2) == 0 {
		at, repository = "t/b", "slash"
	}
	dir := filepath.Join(s.code, filepath.FromSlash(at))
	if _, there := s.repos[dir]; !there {
		p.clone(s, at, repository)
	}
	p.begin(s, dir)
}

// empty leaves a transcript as a crash does.
func (p *people) empty(s *side) {
	cwd := pick(p, s.folders())
	p.next++
	path := filepath.Join(p.storeOf(s, cwd), fmt.Sprintf("%08x-0000-4000-8000-000000000000.jsonl", p.next))
	p.homes[sessionOf(path)] = map[string]bool{}
	p.isIn(s, path, cwd)
	text := pick(p, []string{"", `{"type":"user","uuid":"u0`, "\x00\x00\x00"})
	p.say(s, "has %.8s with %q in %s", filepath.Base(path), text, cwd)
	p.w.check(os.MkdirAll(filepath.Dir(path), 0o700))
	p.w.check(os.WriteFile(path, []byte(text), 0o600))
}
