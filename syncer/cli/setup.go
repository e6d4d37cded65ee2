package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport/provider"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func (a *app) init_() *cobra.Command {
	var name string
	var roots []string
	var reinstalled bool
	c := &cobra.Command{
		Use:   "init [<syncDir>]",
		Short: "Set this machine up: name it and choose the sync folder",
		Long: `Writes the configuration, makes the sync folder ready, and registers the projects in
which Claude Code was used on this machine. Without a folder it suggests the synced
folders it finds. Running it again is safe: only the options you give are changed.
A name that another machine has is refused; claude-sync help formats tells why.
With --reinstalled, that machine is this one before it was installed anew: it gets
its name back, and pull --archived its sessions.`,
		Args: arguments(0, 1),
	}
	c.Flags().StringVar(&name, "name", "", "the `machine`'s name (default: the host's name)")
	c.Flags().StringArrayVar(&roots, "roots", nil, "look for checkouts under `dir`; may be given several times")
	c.Flags().BoolVar(&reinstalled, "reinstalled", false, "the machine that has the name is this one before it was installed anew")
	c.RunE = verb(func(ctx context.Context, args []string) error {
		err := a.Paths.Check()
		if err != nil {
			return err
		}
		cwd, _ := os.Getwd() // without one, there is no checkout to register
		s := engine.Setup{Machine: name, Roots: roots, Cwd: cwd, Reinstalled: reinstalled}
		switch {
		case len(args) > 0:
			s.SyncDir = a.expand(args[0])
		default:
			s.SyncDir, err = a.offer()
		}
		if err == nil {
			err = a.placeIsThere(s.SyncDir)
		}
		if err != nil {
			return err
		}
		before, _ := a.Paths.Load()
		config, events, err := engine.Init(ctx, a.Paths, s)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.Out, "this machine is %s, its sync folder %s\n", config.Machine, config.SyncDir)
		a.tell(events)
		if config.SyncDir != before.SyncDir {
			a.tellKeep(provider.Of(config.SyncDir, a.Paths.Home, os.Getenv), config.SyncDir)
		}
		return nil
	})
	return c
}

// tellKeep says how a provider that may leave contents in the cloud is told not to.
func (a *app) tellKeep(provider, dir string) {
	choice := map[string]string{"OneDrive": "Always keep on this device", "iCloud Drive": "Keep Downloaded",
		"Dropbox": "Make available offline", "Google Drive": "Available offline"}[provider]
	if choice != "" {
		a.say("%s may leave files in the cloud, where a look cannot read them: choose %q for %s", provider, choice, dir)
	}
}

// placeIsThere refuses a sync folder in a place that is not there, which would be made with it: a stick that
// is not plugged in, a slip of the pen. Packs under a mount point travel nowhere.
func (a *app) placeIsThere(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	a.Paths.Watch.Call(dir, func() { _, err = os.Stat(filepath.Dir(dir)) })
	if errors.Is(err, fs.ErrNotExist) {
		return &syncer.SyncDirError{Dir: dir, Reason: filepath.Dir(dir) + " does not exist (drive not connected?)"}
	}
	return nil
}

// expand does what a shell does not do inside quotes: a leading ~ is the home folder.
func (a *app) expand(dir string) string {
	if rest, ok := strings.CutPrefix(dir, "~"); ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		return filepath.Join(a.Paths.Home, rest)
	}
	return dir
}

// offer finds a sync folder when none was given: the one in the configuration stays, else the upstream
// tool's is taken, else on a terminal the person chooses, else the best one found is taken.
func (a *app) offer() (string, error) {
	if c, err := a.Paths.Load(); err == nil {
		return c.SyncDir, nil
	}
	if u, err := project.ReadUpstream(a.Paths.Upstream); err == nil && u.SyncDir != "" {
		return u.SyncDir, nil
	}
	found := provider.Candidates(a.Paths.Home, os.Getenv)
	found = append(found, provider.Candidate{Provider: "a new folder", Dir: filepath.Join(a.Paths.Home, "claude-sync")})
	in, ok := a.In.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		a.say("no folder was given, taking %s (%s)", found[0].Dir, found[0].Provider)
		return found[0].Dir, nil
	}
	fmt.Fprintln(a.Err, "Which folder carries the sessions? It must reach your other machines.")
	for i, c := range found {
		fmt.Fprintf(a.Err, "  %d  %s  (%s)\n", i+1, c.Dir, c.Provider)
	}
	fmt.Fprint(a.Err, "Number or path [1]: ")
	line, err := bufio.NewReader(a.In).ReadString('\n')
	line = strings.TrimSpace(line)
	if err != nil && line == "" {
		return "", err
	}
	if line == "" {
		line = "1"
	}
	if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(found) {
		return found[n-1].Dir, nil
	}
	return a.expand(line), nil
}
