package engine

import (
	"context"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/fingerprint"
	"claude-sync/syncer/transport"
)

var (
	peopleHistories = flag.Int("people.histories", 60, "how many histories of people's worlds are played")
	peopleFirst     = flag.Int64("people.first", 1, "the seed of the first of them")
)

// TestPeoplesWorldsAreKept plays random histories on two or three machines on which people do with their checkouts and
// with Claude Code's store what people do: they have sessions in work trees and remove those, rename and clone
// checkouts, copy transcripts, move a session to another folder with /cd, give a repository another URL, and have folders
// that share a folder of the store. After every step:
//
//   - no transcript and no pack lost a row;
//   - no session is in packs of two projects;
//   - a look tells each transcript of the store exactly once, and names each that has rows which no pack has.
//
// In the end everybody pulls and pushes until nothing is left to do: then nothing is unsent, no transcript with a row is
// in no project, and each session can be opened with all of its rows wherever there is a checkout.
//
// Planted by build/mutants, each of these dies here: gone-trees-unplaced, trees-checkout-not-registered, copies-unpacked,
// moved-is-another, former-forgotten, shared-slug-to-both, told-twice, unplaced-unlisted, empty-is-unsent,
// brought-to-a-gone-folder, fork-beside-its-copy, was-is-forgotten.
func TestPeoplesWorldsAreKept(t *testing.T) {
	histories := *peopleHistories
	if testing.Short() {
		histories = min(histories, 6)
	}
	disk := newDisk(t)
	fingerprint.TestMinSize = 1
	t.Cleanup(func() { fingerprint.TestMinSize = 0 })
	template := newRepository(t)
	percent := debug.SetGCPercent(800) // a history is a few megabytes of garbage, and thousands of them are played
	t.Cleanup(func() { debug.SetGCPercent(percent) })
	var next atomic.Int64
	for worker := range runtime.GOMAXPROCS(0) {
		t.Run(fmt.Sprint(worker), func(t *testing.T) {
			t.Parallel()
			for n := next.Add(1); n <= int64(histories); n = next.Add(1) {
				seed := *peopleFirst + n - 1
				t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { playPeople(t, disk, template, seed) })
			}
		})
	}
}

// newRepository makes a repository of which checkouts are copies.
func newRepository(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Fatal("there is no git: people's worlds have real repositories")
	}
	dir := filepath.Join(t.TempDir(), "template")
	git(t, ".", "init", "-q", "--template=", dir)
	git(t, dir, "commit", "-q", "--allow-empty", "-m", "first")
	return dir
}

// git runs git without anybody's settings.
func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=x", "-c", "user.email=x@example.com"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// people is one history.
type people struct {
	t        *testing.T
	r        *rand.Rand
	w        *world
	template string // of a repository
	sides    []*side
	next     int                        // number of the next row or session
	last     map[string]map[string]bool // the rows of each transcript and each pack after the last step
	trail    []string                   // what was done, for a failure's message
}

// side is a machine, and what the person at it knows.
type side struct {
	*Machine
	code    string            // the folder of checkouts
	repos   map[string]string // the repository of each checkout that is there
	trees   []string          // linked work trees that are there
	renamed map[string]string // where checkouts that were renamed are now
}

func playPeople(t *testing.T, d *disk, template string, seed int64) {
	dir, _, done := d.world()
	defer done()
	p := newPeople(t, dir, template, seed)
	defer func() {
		if t.Failed() {
			t.Logf("go test ./syncer/engine -run TestPeoplesWorldsAreKept -people.histories=1 -people.first=%d\n%s", seed, strings.Join(p.trail, "\n"))
		}
	}()
	for _, name := range []string{"one", "two", "three"}[:2+p.r.Intn(2)] {
		s := p.newSide(name)
		p.begin(s, p.clone(s, "app", "app"))
	}
	p.laws("at the beginning")
	for range 4 + p.r.Intn(11) {
		p.step()
	}
	p.settle()
}

func newPeople(t *testing.T, dir, template string, seed int64) *people {
	p := &people{t: t, r: rand.New(rand.NewSource(seed)), template: template}
	p.w = &world{t: t, dir: dir, now: time.Now()}
	p.w.check(transport.NewFolder(filepath.Join(dir, "Sync")).Prepare())
	return p
}

// newSide makes a machine.
func (p *people) newSide(name string) *side {
	real, err := filepath.EvalSymlinks(p.w.dir)
	p.w.check(err)
	home := filepath.Join(real, name)
	p.w.check(os.MkdirAll(filepath.Join(home, ".claude", "sessions"), 0o700))
	m := New(Options{Name: name, ID: filepath.Join(home, "id.json"), Store: claude.Store{Dir: filepath.Join(home, ".claude")},
		Transport: transport.NewFolder(filepath.Join(p.w.dir, "Sync")), Registry: filepath.Join(home, "projects.json"),
		Installed: filepath.Join(home, "seen.json"), LockFile: filepath.Join(home, "lock"), Cache: filepath.Join(home, "compared")})
	m.Now = func() time.Time { return p.w.now.Add(time.Hour) } // all files look old, so that what was compared is believed
	s := &side{Machine: m, code: filepath.Join(home, "code"), repos: map[string]string{}, renamed: map[string]string{}}
	p.sides = append(p.sides, s)
	return s
}

// clone makes a checkout, with a subfolder.
func (p *people) clone(s *side, at, repository string) string {
	dir := filepath.Join(s.code, filepath.FromSlash(at))
	p.w.check(os.MkdirAll(filepath.Join(dir, "web"), 0o755))
	p.w.check(os.CopyFS(filepath.Join(dir, ".git"), os.DirFS(filepath.Join(p.template, ".git"))))
	p.origin(dir, "https://github.com/acme/"+repository+".git")
	s.repos[dir] = repository
	return dir
}

// origin gives a checkout its remote. It writes what git remote add and git remote set-url write: a process for each
// takes longer than the rest of a history.
func (p *people) origin(dir, url string) {
	config, err := os.ReadFile(filepath.Join(p.template, ".git", "config"))
	p.w.check(err)
	config = fmt.Appendf(config, "[remote \"origin\"]\n\turl = %s\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n", url)
	p.w.check(os.WriteFile(filepath.Join(dir, ".git", "config"), config, 0o644))
}

// folders lists where Claude Code can run: the checkouts, their subfolders, the work trees.
func (s *side) folders() []string {
	all := slices.Clone(s.trees)
	for dir := range s.repos {
		all = append(all, dir, filepath.Join(dir, "web"))
	}
	slices.Sort(all)
	return all
}

// roots lists the checkouts of the repository app.
func (s *side) roots() (all []string) {
	for dir, repository := range s.repos {
		if repository == "app" {
			all = append(all, dir)
		}
	}
	slices.Sort(all)
	return all
}

func pick[T any](p *people, from []T) T { return from[p.r.Intn(len(from))] }

func (p *people) say(s *side, format string, args ...any) {
	text := s.Name + " " + fmt.Sprintf(format, args...)
	p.trail = append(p.trail, strings.ReplaceAll(text, filepath.Dir(filepath.Dir(s.code)), ""))
}

// sessionsIn lists the transcripts that Claude Code shows in a folder.
func (p *people) sessionsIn(s *side, cwd string) []string {
	files, err := filepath.Glob(filepath.Join(p.storeOf(s, cwd), "*.jsonl"))
	p.w.check(err)
	return files
}

// storeOf is the folder of the store for a working directory.
func (p *people) storeOf(s *side, cwd string) string {
	return filepath.Join(s.Store.Dir, "projects", claude.Slug(cwd))
}

// begin has a new session in a folder.
func (p *people) begin(s *side, cwd string) string {
	p.next++
	path := filepath.Join(p.storeOf(s, cwd), fmt.Sprintf("%08x-0000-4000-8000-000000000000.jsonl", p.next))
	p.w.check(os.MkdirAll(filepath.Dir(path), 0o700))
	p.goOn(s, path, cwd)
	return path
}

// goOn adds a turn to a session.
func (p *people) goOn(s *side, path, cwd string) {
	p.next++
	p.say(s, "has turn u%d of %.8s in %s", p.next, filepath.Base(path), cwd)
	old, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		p.t.Fatal(err)
	}
	if n := len(old); n > 0 && old[n-1] != '\n' {
		old = append(old, '\n') // after a crash
	}
	row := fmt.Sprintf(`{"type":"user","parentUuid":%q,"uuid":"u%d","n":%d,"cwd":%q}`+"\n", tip(string(old)), p.next, p.next, cwd)
	p.w.check(os.WriteFile(path, append(old, row...), 0o600))
}

// step does one thing and holds the laws.
func (p *people) step() {
	s := pick(p, p.sides)
	steps := []func(*side){p.turn, p.turn, p.turn, p.push, p.push, p.pull, p.pull, p.workTree, p.workTree, p.removeTree, p.rename, p.copy, p.copy, p.cd, p.cd, p.setURL, p.cloneMore,
		p.twins, p.empty}
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

func (p *people) run(s *side, what string, verb func(context.Context, syncer.Scope) ([]syncer.Event, error), scope syncer.Scope) []syncer.Event {
	p.say(s, "%s", what)
	events, err := verb(context.Background(), scope)
	p.w.check(err)
	for _, e := range events {
		if e.Kind == syncer.Failed {
			p.t.Fatalf("%s %s: %s: %v", s.Name, what, e.Session, e.Err)
		}
	}
	return events
}

// workTree has a session in a new work tree, which may be removed at once.
func (p *people) workTree(s *side) {
	root := pick(p, s.roots())
	p.next++
	dir := filepath.Join(root, ".claude", "worktrees", fmt.Sprintf("t%d", p.next))
	git(p.t, root, "worktree", "add", "-q", "--no-checkout", "--detach", dir)
	s.trees = append(s.trees, dir)
	path := p.begin(s, dir)
	p.laws("in a work tree")
	if p.r.Intn(3) == 0 {
		p.remove(s, dir)
	} else if p.r.Intn(2) == 0 {
		p.goOn(s, path, dir)
	}
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
	s.repos[now] = s.repos[old]
	delete(s.repos, old)
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
	if p.r.Intn(2) == 0 {
		p.goOn(s, path, from)
	}
	if p.r.Intn(2) == 0 {
		p.goOn(s, target, to)
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
	p.move(s, path, target)
	p.goOn(s, target, to)
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

func (p *people) move(s *side, path, target string) {
	p.say(s, "goes with %.8s to %s", filepath.Base(path), filepath.Base(filepath.Dir(target)))
	p.w.check(os.MkdirAll(filepath.Dir(target), 0o700))
	p.w.check(os.Rename(path, target))
	if p.last != nil {
		p.last[target] = p.last[path]
		delete(p.last, path)
	}
}

// setURL moves a checkout's repository to another host.
func (p *people) setURL(s *side) {
	root := pick(p, s.roots())
	p.say(s, "has a new URL in %s", root)
	p.origin(root, "https://git.example.org/acme/app.git")
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
	text := pick(p, []string{"", `{"type":"user","uuid":"u0`, "\x00\x00\x00"})
	p.say(s, "has %.8s with %q in %s", filepath.Base(path), text, cwd)
	p.w.check(os.MkdirAll(filepath.Dir(path), 0o700))
	p.w.check(os.WriteFile(path, []byte(text), 0o600))
}
