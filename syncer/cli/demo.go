package cli

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/cli/view"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/transport"

	"github.com/spf13/cobra"
)

//go:embed sample/session.jsonl
var sampleSession []byte

const (
	sampleID     = ccsync.SessionID("3f2a0c1e-5b7d-4e8f-9a6b-0123456789ab")
	sampleRemote = "git@github.com:you/myapp.git"
)

func (a *app) demo() *cobra.Command {
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole loop on two pretend machines in a temporary folder",
		Long: `Makes two pretend machines in a temporary folder, with clones of one repository at
different paths, and carries a session from one to the other. Nothing outside the
temporary folder is touched; it is removed at the end.`,
		Args: arguments(0, 0),
	}
	c.RunE = verb(func(ctx context.Context, _ []string) error {
		dir, err := os.MkdirTemp("", "claude-sync-demo-*")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		// On macOS the temporary folder is a symbolic link, and Claude Code resolves those.
		if dir, err = filepath.EvalSymlinks(dir); err != nil {
			return err
		}
		return (&stage{a: a, ctx: ctx, dir: dir}).play()
	})
	return c
}

// stage is the demo's temporary folder and what happens on it.
type stage struct {
	a   *app
	ctx context.Context
	dir string
}

func (s *stage) say(format string, args ...any) { fmt.Fprintf(s.a.Out, format+"\n", args...) }

func (s *stage) play() error {
	s.say("Two pretend machines in %s, one sync folder between them.\n", s.dir)
	desktop, err := s.machine("desktop", "work/myapp", sampleRemote)
	if err != nil {
		return err
	}
	laptop, err := s.machine("laptop", "code/my-app", "https://github.com/you/myapp")
	if err != nil {
		return err
	}
	from, to := s.checkout("desktop", "work/myapp"), s.checkout("laptop", "code/my-app")
	path, err := desktop.Store.TranscriptPath(from, sampleID)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, sampleSession, 0o600); err != nil {
		return err
	}
	s.say("On the desktop, Claude Code was used in %s:\n  %s\n", s.short(from), s.short(path))
	if err := s.push(desktop, from); err != nil {
		return err
	}
	if err := s.pull(laptop, to); err != nil {
		return err
	}
	return s.compare(laptop, to)
}

// machine makes a home with one clone in it.
func (s *stage) machine(name, checkout, remote string) (*engine.Machine, error) {
	dir := s.checkout(name, checkout)
	for _, args := range [][]string{{"init", "-q", dir}, {"-C", dir, "remote", "add", "origin", remote}} {
		c := exec.CommandContext(s.ctx, "git", args...)
		c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
		if out, err := c.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(string(out)))
		}
	}
	folder := transport.NewFolder(filepath.Join(s.dir, "Sync"))
	home := filepath.Join(s.dir, name)
	return engine.New(engine.Options{Name: name, Store: claude.Store{Dir: filepath.Join(home, ".claude")}, Transport: folder,
		Registry: filepath.Join(home, "projects.json"), Installed: filepath.Join(home, "seen.json"), LockFile: filepath.Join(home, "lock")}), folder.Prepare()
}

func (s *stage) checkout(machine, path string) string {
	return filepath.Join(s.dir, machine, filepath.FromSlash(path))
}

// short is a path as it reads inside the demo's folder.
func (s *stage) short(path string) string {
	if rel, err := filepath.Rel(s.dir, path); err == nil {
		return rel
	}
	return path
}

func (s *stage) push(m *engine.Machine, cwd string) error {
	place, _, err := m.Register(s.ctx, cwd)
	if err != nil {
		return err
	}
	s.say("desktop:%s$ claude-sync push", s.short(cwd))
	events, err := m.Push(s.ctx, syncer.Scope{Project: place.Key})
	s.a.tell(events)
	if err != nil {
		return err
	}
	files, err := transport.All(s.ctx, m.Transport)
	if err != nil {
		return err
	}
	for _, f := range files {
		s.say("  the sync folder now has %s (%s)\n", f.Name, view.Size(f.Size))
	}
	return nil
}

func (s *stage) pull(m *engine.Machine, cwd string) error {
	if _, _, err := m.Register(s.ctx, cwd); err != nil {
		return err
	}
	s.say("laptop:%s$ claude-sync pull", s.short(cwd))
	events, err := m.Pull(s.ctx, syncer.Scope{})
	s.a.tell(events)
	return err
}

// compare shows that the session is there, byte for byte, where Claude Code looks for it.
func (s *stage) compare(m *engine.Machine, cwd string) error {
	path, err := m.Store.TranscriptPath(cwd, sampleID)
	if err != nil {
		return err
	}
	got, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if string(got) != string(sampleSession) {
		return errors.New("the session did not arrive as it was sent")
	}
	s.say("  it lies where Claude Code on the laptop looks for it, byte for byte the same:\n  %s\n", s.short(path))
	s.say("On a real laptop, this continues the conversation:\n  claude --resume %s", sampleID)
	return nil
}
