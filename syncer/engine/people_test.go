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
	"claude-sync/syncer/ccsync"
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
// checkouts, copy transcripts, edit rows, move a session with /cd to another folder of the repository or to another
// repository, give a repository its first remote or another URL, have folders that share a folder of the store, and copy
// the configuration with the machine's name. After every step:
//
//   - no transcript and no pack lost a row;
//   - a row in a transcript is as its machine's person or Claude Code wrote it, and a pack has only forms of rows that its
//     machine had;
//   - no session is in packs of two projects, or of a project in which nobody ever had it;
//   - no machine wrote another machine's pack, whatever its name, and one that goes by another name has said so once;
//   - a look tells each transcript of the store exactly once, and names each that has rows which no pack has, or which
//     this machine's own pack has otherwise; and a fork is never made where no project has it.
//
// In the end everybody pulls and pushes until nothing is left to do: then nothing is unsent, no transcript with a row is
// in no project, no pack waits or is a stray, a machine's packs have each row as one of its transcripts has it, and each
// session can be opened with all of its rows wherever there is a checkout.
//
// Planted by build/mutants, each of these dies here: gone-trees-unplaced, trees-checkout-not-registered, copies-unpacked,
// moved-is-another, former-forgotten, shared-slug-to-both, told-twice, unplaced-unlisted, empty-is-unsent,
// brought-to-a-gone-folder, fork-beside-its-copy, was-is-forgotten, name-taken-overwrites, name-taken-unsaid,
// cd-to-other-project-pushes-twice, moved-told-twice, moved-as-its-folder-was, former-pack-keeps-old-rows,
// edited-row-unsaid, edited-row-unsent, edited-row-comes-back, copies-lead, gone-tree-keeps-former-key,
// first-remote-unseen.
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
	next     int                                  // number of the next row or session
	last     map[string]rows                      // of each transcript and each pack after the last step
	wrote    map[string]*side                     // who made each pack
	actor    *side                                // who ran the last verb
	homes    map[ccsync.SessionID]map[string]bool // the repositories in which a person has had each session
	trail    []string                             // what was done, for a failure's message
}

// side is a machine, and what the person at it knows.
type side struct {
	*Machine
	home    string
	had     map[string]map[string]bool // the forms of each row that its transcripts had
	told    string                     // the name by which it goes instead of the configured one, once it has said so
	code    string                     // the folder of checkouts
	repos   map[string]string          // the repository of each checkout that is there
	urls    map[string]string          // the URL of its remote, if it has one
	trees   []string                   // linked work trees that are there
	renamed map[string]string          // where checkouts that were renamed are now
	cured   map[string]bool            // the folders of which a person has said what they are now
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
		if p.r.Intn(6) == 0 {
			p.configure(s, "fedora") // the host's name is the default, and many hosts are called alike
		}
		p.begin(s, p.clone(s, "app", "app"))
	}
	p.laws("at the beginning")
	for range 4 + p.r.Intn(11) {
		p.step()
	}
	p.settle()
}

func newPeople(t *testing.T, dir, template string, seed int64) *people {
	p := &people{t: t, r: rand.New(rand.NewSource(seed)), template: template, last: map[string]rows{}, wrote: map[string]*side{}, homes: map[ccsync.SessionID]map[string]bool{}}
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
	s := &side{home: home, code: filepath.Join(home, "code"), had: map[string]map[string]bool{}, repos: map[string]string{}, urls: map[string]string{}, renamed: map[string]string{}, cured: map[string]bool{}}
	p.configure(s, name)
	p.sides = append(p.sides, s)
	return s
}

// configure gives a machine a name.
func (p *people) configure(s *side, name string) {
	s.Machine = New(Options{Name: name, ID: filepath.Join(s.home, "id.json"), Store: claude.Store{Dir: filepath.Join(s.home, ".claude")},
		Transport: transport.NewFolder(filepath.Join(p.w.dir, "Sync")), Registry: filepath.Join(s.home, "projects.json"),
		Installed: filepath.Join(s.home, "seen.json"), LockFile: filepath.Join(s.home, "lock"), Cache: filepath.Join(s.home, "compared")})
	s.Now = func() time.Time { return p.w.now.Add(time.Hour) } // all files look old, so that what was compared is believed
	s.told = name
}

// clone makes a checkout, with a subfolder.
func (p *people) clone(s *side, at, repository string) string {
	dir := filepath.Join(s.code, filepath.FromSlash(at))
	p.w.check(os.MkdirAll(filepath.Join(dir, "web"), 0o755))
	p.w.check(os.CopyFS(filepath.Join(dir, ".git"), os.DirFS(filepath.Join(p.template, ".git"))))
	p.origin(s, dir, "https://github.com/acme/"+repository+".git")
	s.repos[dir] = repository
	return dir
}

// origin gives a checkout its remote, none for "". It writes what git remote add and git remote set-url write: a process for each
// takes longer than the rest of a history.
func (p *people) origin(s *side, dir, url string) {
	config, err := os.ReadFile(filepath.Join(p.template, ".git", "config"))
	p.w.check(err)
	delete(s.urls, dir)
	if url != "" {
		s.urls[dir] = url
		config = fmt.Appendf(config, "[remote \"origin\"]\n\turl = %s\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n", url)
	}
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
func (s *side) roots() []string { return s.checkouts("app") }

// checkouts lists those of a repository.
func (s *side) checkouts(of string) (all []string) {
	for dir, repository := range s.repos {
		if repository == of {
			all = append(all, dir)
		}
	}
	slices.Sort(all)
	return all
}

func pick[T any](p *people, from []T) T { return from[p.r.Intn(len(from))] }

func (p *people) say(s *side, format string, args ...any) {
	text := filepath.Base(s.home) + " " + fmt.Sprintf(format, args...)
	p.trail = append(p.trail, strings.ReplaceAll(text, filepath.Dir(s.home), ""))
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

// run runs a verb, which may fail nowhere. A machine that begins to go by another name than the configured one says so,
// and says it once.
func (p *people) run(s *side, what string, verb func(context.Context, syncer.Scope) ([]syncer.Event, error), scope syncer.Scope) []syncer.Event {
	p.say(s, "%s", what)
	p.actor = s
	p.w.now = p.w.now.Add(time.Minute)
	events, err := verb(context.Background(), scope)
	p.w.check(err)
	told := 0
	for _, e := range events {
		switch e.Kind {
		case syncer.Failed:
			p.t.Fatalf("%s %s: %s: %v", s.home, what, e.Session, e.Err)
		case syncer.Renamed:
			told++
		}
	}
	if is := s.name(); (is != s.told) != (told == 1) || told > 1 {
		p.t.Fatalf("%s goes by %s and went by %s, and says so %d times", s.home, is, s.told, told)
	}
	s.told = s.name()
	return events
}
