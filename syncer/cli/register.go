package cli

import (
	"context"
	"fmt"
	"os"

	"claude-sync/syncer"
	"claude-sync/syncer/project"

	"github.com/spf13/cobra"
)

func (a *app) register() *cobra.Command {
	var discover bool
	c := &cobra.Command{
		Use:   "register [<path>]",
		Short: "Register the checkout in the current folder, or in another one",
		Args:  arguments(0, 1),
	}
	c.Flags().BoolVar(&discover, "discover", false, "register every folder in which Claude Code was used and that still exists")
	c.RunE = verb(func(ctx context.Context, args []string) error {
		m, done, err := a.machine(ctx)
		if err != nil {
			return err
		}
		defer done()
		if discover {
			events, err := m.Discover(ctx)
			a.tell(events)
			if err == nil && len(events) == 0 {
				a.say("nothing new to register")
			}
			return err
		}
		cwd, err := os.Getwd()
		if len(args) > 0 {
			cwd, err = args[0], nil
		}
		if err != nil {
			return err
		}
		place, changed, err := m.Register(ctx, cwd)
		if err != nil {
			return err
		}
		if !changed {
			a.say("%s is registered already: %s", place.Key.Name(), place.Cwd)
			return nil
		}
		a.tell([]syncer.Event{{Kind: syncer.Registered, Label: place.Key.Name(), Path: place.Cwd}})
		return nil
	})
	return c
}

func (a *app) forget() *cobra.Command {
	c := &cobra.Command{
		Use:   "forget <project>",
		Short: "Take a project out of the registry; nothing else is deleted",
		Args:  arguments(1, 1),
	}
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

// registeredAs finds a project by its label, its key or one of its folders.
func registeredAs(m *syncer.Machine, name string) (project.Key, error) {
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
