package cli

import (
	"context"
	"errors"

	"claude-sync/syncer"

	"github.com/spf13/cobra"
)

func (a *app) resolve() *cobra.Command {
	var with string
	c := &cobra.Command{
		Use:   "resolve <session> --with <machine>",
		Short: "Settle a session continued on several machines: keep one branch, save the others as forks",
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if err := arguments(1, 1)(c, args); err != nil || with != "" {
			return err
		}
		return errors.New("resolve needs --with <machine>")
	}
	c.Flags().StringVar(&with, "with", "", "the `machine` whose branch the session continues with; this machine's name for yours")
	c.ValidArgsFunction = a.firstOnly(sessionIDs)
	c.RunE = verb(func(ctx context.Context, args []string) error {
		m, done, err := a.machine(ctx)
		if err != nil {
			return err
		}
		defer done()
		events, err := m.Resolve(ctx, syncer.Scope{Session: args[0]}, with)
		a.tell(events)
		if err == nil && len(events) == 0 {
			a.say("nothing to resolve: nobody else continued this session")
		}
		return err
	})
	return c
}
