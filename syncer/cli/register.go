package cli

import (
	"context"
	"fmt"
	"os"

	"claude-sync/syncer"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/project"

	"github.com/spf13/cobra"
)

func (a *app) register() *cobra.Command {
	var discover, local bool
	var as, was string
	c := &cobra.Command{
		Use:   "register [<path>]",
		Short: "Register the checkout in the current folder, or in another one",
		Args:  arguments(0, 1),
	}
	c.Flags().BoolVar(&discover, "discover", false, "register every folder that still exists and in which Claude Code was used")
	c.Flags().StringVar(&as, "as", "", "treat the folder as the `project` of that name")
	c.Flags().StringVar(&was, "was", "", "bring the sessions of `folder`, which was moved or renamed and is gone")
	c.MarkFlagsMutuallyExclusive("as", "was")
	c.Flags().BoolVar(&local, "keep-local", false, "do not push or pull this project from now on; --keep-local=false ends that")
	c.MarkFlagsMutuallyExclusive("discover", "as")
	c.MarkFlagsMutuallyExclusive("discover", "keep-local")
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
		place, events, err := registerAt(ctx, m, cwd, as, was)
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

// registerAt registers a folder as what it is, as the project that a person says it is, or in place of another folder.
func registerAt(ctx context.Context, m *engine.Machine, cwd, as, was string) (project.Place, []syncer.Event, error) {
	switch {
	case was != "":
		return m.RegisterWas(ctx, cwd, was)
	case as == "":
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
		Use:   "forget <project>",
		Short: "Take a project out of the registry; nothing else is deleted",
		Args:  arguments(1, 1),
	}
	c.ValidArgsFunction = a.firstOnly(projectLabels)
	c.RunE = verb(func(ctx context.Context, args []string) error {
		m, done, err := a.machine(ctx)
		if err != nil {
			return err
		}
		defer done()
		key, err := registeredAs(m, args[0])
		if err != nil {
			return err
		}
		if err := m.Forget(key); err != nil {
			return err
		}
		fmt.Fprintf(a.Out, "%-10s  %s\n", "forgotten", args[0])
		return nil
	})
	return c
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
	for key, label := range project.Labels(reg.Keys()) {
		if label == name || string(key) == name {
			return key, nil
		}
	}
	if key, ok := reg.KeyOf(name); ok {
		return key, nil
	}
	return "", fmt.Errorf("no registered project is called %#.80q", name)
}
