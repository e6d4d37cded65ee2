package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"claude-sync/syncer"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/project"

	"github.com/spf13/cobra"
)

func (a *app) register() *cobra.Command {
	var discover, local bool
	var as string
	c := &cobra.Command{
		Use:   "register [<path>]",
		Short: "Register the checkout in the current folder, or in another one",
	}
	c.Args = func(c *cobra.Command, args []string) error {
		return cmp.Or(arguments(0, 1)(c, args), together(c, "discover", "as"), together(c, "discover", "keep-local"))
	}
	c.Flags().BoolVar(&discover, "discover", false, "register every folder that still exists and in which Claude Code was used")
	c.Flags().StringVar(&as, "as", "", "treat the folder as the `project` of that name")
	c.Flags().BoolVar(&local, "keep-local", false, "do not push or pull this project from now on; --keep-local=false ends that")
	c.RunE = verb(func(ctx context.Context, args []string) error {
		m, done, err := a.machine(ctx)
		if err != nil {
			return err
		}
		defer done()
		if discover {
			return a.discover(ctx, m)
		}
		cwd, err := os.Getwd()
		if len(args) > 0 {
			cwd, err = args[0], nil
		}
		if err != nil {
			return err
		}
		place, events, err := registerAt(ctx, m, cwd, as)
		if err != nil {
			return err
		}
		setting := c.Flags().Changed("keep-local")
		a.tell(events)
		if len(events) == 0 && !setting {
			a.say("%s is registered already: %s", place.Key.Name(), place.Cwd)
		}
		if !setting {
			return nil
		}
		return a.keepLocal(m, place.Key, local)
	})
	return c
}

func (a *app) discover(ctx context.Context, m *engine.Machine) error {
	events, err := m.Discover(ctx)
	a.tell(events)
	if err == nil && len(events) == 0 {
		a.say("nothing new to register")
	}
	return err
}

// registerAt registers a folder as what it is, or as the project that a person says it is.
func registerAt(ctx context.Context, m *engine.Machine, cwd, as string) (project.Place, []syncer.Event, error) {
	if as == "" {
		return m.Register(ctx, cwd)
	}
	key, err := knownAs(ctx, m, as)
	if err != nil {
		return project.Place{}, nil, err
	}
	return m.RegisterAs(ctx, key, cwd)
}

func (a *app) keepLocal(m *engine.Machine, key project.Key, local bool) error {
	done := "shared"
	if local {
		done = "kept local"
	}
	if err := m.KeepLocal(key, local); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "%-10s  %s\n", done, key.Name())
	return nil
}

func (a *app) forget() *cobra.Command {
	c := &cobra.Command{
		Use:   "forget <project or folder>",
		Short: "Take a project, or one of its folders, out of the registry; nothing else is deleted",
		Args:  arguments(1, 1),
	}
	c.ValidArgsFunction = a.firstOnly(projectLabels)
	c.RunE = verb(func(ctx context.Context, args []string) error {
		m, done, err := a.machine(ctx)
		if err != nil {
			return err
		}
		defer done()
		key, cwd, err := a.toForget(m, args[0])
		if err != nil {
			return err
		}
		if cwd == "" {
			err = m.Forget(key)
		} else {
			err = m.ForgetCwd(key, cwd)
		}
		if err == nil {
			fmt.Fprintf(a.Out, "%-10s  %s\n", "forgotten", cmp.Or(cwd, args[0]))
		}
		return err
	})
	return c
}

// toForget finds the project, or the folder of a project, that name means. A project comes before a folder of the same
// name in the current one. The folder may be gone.
func (a *app) toForget(m *engine.Machine, name string) (key project.Key, cwd string, err error) {
	reg, err := project.Load(m.Registry)
	if err != nil {
		return "", "", err
	}
	if key, ok := labelled(reg, name); ok {
		return key, "", nil
	}
	path, err := filepath.Abs(a.expand(name))
	if err != nil {
		return "", "", err
	}
	for _, cwd := range []string{path, resolved(path)} {
		if key, ok := reg.KeyOf(cwd); ok {
			return key, cwd, nil
		}
	}
	return "", "", fmt.Errorf("no registered project is called %#.80q, and none has such a folder", name)
}

// resolved resolves the links in path, and in its parent if path is gone.
func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if parent, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(parent, filepath.Base(path))
	}
	return path
}

// knownAs finds a project that is registered here or waits in the sync folder.
func knownAs(ctx context.Context, m *engine.Machine, name string) (project.Key, error) {
	if key, err := registeredAs(m, name); err == nil {
		return key, nil
	}
	s, err := m.Look(ctx)
	if err != nil {
		return "", err
	}
	for _, w := range s.Waiting {
		if w.Label == name || string(w.Key) == name {
			return w.Key, nil
		}
	}
	return "", fmt.Errorf("no project is called %#.80q, here or in the sync folder", name)
}

// registeredAs finds a project by its label, its key or one of its folders.
func registeredAs(m *engine.Machine, name string) (project.Key, error) {
	reg, err := project.Load(m.Registry)
	if err != nil {
		return "", err
	}
	if key, ok := labelled(reg, name); ok {
		return key, nil
	}
	if key, ok := reg.KeyOf(name); ok {
		return key, nil
	}
	return "", fmt.Errorf("no registered project is called %#.80q", name)
}

// labelled finds a project by its label or its key.
func labelled(reg project.Registry, name string) (project.Key, bool) {
	for key, label := range project.Labels(reg.Keys()) {
		if label == name || string(key) == name {
			return key, true
		}
	}
	return "", false
}
