package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
)

// world is a folder with the program and the corpus.
type world struct {
	dir     string
	rounds  int
	program string
	self    string
}

func newWorld(dir string, rounds int) (*world, error) {
	w := &world{dir: dir, rounds: rounds, program: filepath.Join(dir, "claude-sync")}
	if out, err := exec.Command("go", "build", "-o", w.program, "claude-sync").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building claude-sync: %w\n%s", err, out)
	}
	var err error
	w.self, err = os.Executable()
	return w, err
}

// pair is two machines that share a sync folder.
type pair struct {
	*world
	root string
	ids  []ccsync.SessionID // of all sessions on the desktop
	path map[ccsync.SessionID]string
}

// newPair sets both machines up with the projects.
func (w *world) newPair(name string, projects int) (*pair, error) {
	p := &pair{world: w, root: filepath.Join(w.dir, name), path: map[ccsync.SessionID]string{}}
	for _, machine := range []string{"desktop", "laptop"} {
		for n := range projects {
			if err := os.MkdirAll(p.cwd(machine, n), 0o755); err != nil {
				return nil, err
			}
		}
		if err := os.MkdirAll(filepath.Join(p.root, machine, ".claude", "sessions"), 0o700); err != nil {
			return nil, err
		}
		if err := run(p.verb(machine, "init", p.sync(), "--name", machine)()); err != nil {
			return nil, err
		}
		for n := range projects {
			if err := run(p.verb(machine, "register", p.cwd(machine, n))()); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

func run(c *exec.Cmd) error {
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(c.Args, " "), err, out)
	}
	return nil
}

func (p *pair) sync() string { return filepath.Join(p.root, "Sync") }

func (p *pair) cwd(machine string, project int) string {
	return filepath.Join(p.root, machine, "work", fmt.Sprintf("project-%03d", project))
}

// store returns the folder of a machine's transcripts.
func (p *pair) store(machine string) string {
	return filepath.Join(p.root, machine, ".claude", "projects")
}

// packs returns the folder of a project's packs.
func (p *pair) packs(project int) string {
	found, err := filepath.Glob(filepath.Join(p.sync(), fmt.Sprintf("*project-%03d*", project)))
	if err != nil || len(found) == 0 {
		return filepath.Join(p.sync(), "nothing")
	}
	return found[0]
}

// verb runs claude-sync on a machine.
func (p *pair) verb(machine string, args ...string) func() *exec.Cmd {
	return func() *exec.Cmd {
		home := filepath.Join(p.root, machine)
		c := exec.Command(p.program, args...)
		c.Dir = p.cwd(machine, 0)
		c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_CONFIG_HOME=" + home + "/.config",
			"XDG_STATE_HOME=" + home + "/.local/state", "XDG_CACHE_HOME=" + home + "/.cache"}
		return c
	}
}

// session writes a transcript on the desktop.
func (p *pair) session(c *corpus, project int, size int64) error {
	id := ccsync.SessionID(c.id())
	store := claude.Store{Dir: filepath.Join(p.root, "desktop", ".claude")}
	path, err := store.TranscriptPath(p.cwd("desktop", project), id)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	p.ids, p.path[id] = append(p.ids, id), path
	if size > 1*mb {
		return p.grow(id, project, size)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(c.transcript(f, string(id), p.cwd("desktop", project), size), f.Close())
}

// grow appends rows to a session, at least as many bytes.
func (p *pair) grow(id ccsync.SessionID, project int, size int64) error {
	return run(p.child("make", p.path[id], "typical", string(id), p.cwd("desktop", project), fmt.Sprint(size))())
}

// rest waits until no file is young. claude-sync always reads young files, because they may change again without
// a visible change of their time.
func (p *pair) rest() error {
	time.Sleep(2500 * time.Millisecond)
	return nil
}

// child returns a command that runs this program as a child.
func (w *world) child(args ...string) func() *exec.Cmd {
	return func() *exec.Cmd { return exec.Command(w.self, append([]string{"child"}, args...)...) }
}
