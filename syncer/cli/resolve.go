package cli

import (
	"context"

	"claude-sync/syncer"

	"github.com/spf13/cobra"
)

func (a *app) resolve() *cobra.Command {
	var with string
	c := &cobra.Command{
		Use:   "resolve <session> --with <machine>",
		Short: "Settle a session continued on several machines: keep one branch, save the others as forks",
		Args:  arguments(1, 1),
	}
	c.Flags().StringVar(&with, "with", "", "the `machine` whose branch the session continues with; this machine's name for yours")
	if err := c.MarkFlagRequired("with"); err != nil {
		panic(err) // the flag is defined one line above
	}
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
