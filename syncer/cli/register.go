package cli

import (
	"cmp"
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
	key, err := m.Named(ctx, as)
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
		gone, err := m.ForgetNamed(a.expand(args[0]))
		if err == nil {
			fmt.Fprintf(a.Out, "%-10s  %s\n", "forgotten", gone)
		}
		return err
	})
	return c
}
