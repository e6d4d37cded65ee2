package cli

import (
	"context"
	"fmt"

	"claude-sync/syncer"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/words"

	"github.com/spf13/cobra"
)

func (a *app) pull() *cobra.Command {
	var overwrite, dry, archived bool
	c := &cobra.Command{
		Use:   "pull [<session>]",
		Short: "Bring sessions from the sync folder to this machine",
		Long: `Installs the sessions that are not here and updates those that are behind, in every
registered project. With a session it does this for that one only. A session that
was continued on two machines is reported and left alone, except with --overwrite.
One that was here once and is gone is archived: it comes back if it is named, or
with --archived.`,
		Args: arguments(0, 1),
	}
	c.Flags().BoolVar(&overwrite, "overwrite", false, "if a session was continued on two machines, keep their branch and save yours as a fork")
	c.Flags().BoolVar(&archived, "archived", false, "bring back the archived sessions, too: those that were here once")
	c.Flags().BoolVar(&dry, "dry-run", false, "only print what a pull would do")
	c.ValidArgsFunction = a.firstOnly(sessionIDs)
	c.RunE = verb(func(ctx context.Context, args []string) error {
		m, done, err := a.machine(ctx)
		if err != nil {
			return err
		}
		defer done()
		scope := syncer.Scope{Overwrite: overwrite, Archived: archived}
		if len(args) > 0 {
			scope.Session = args[0]
		}
		if dry {
			return a.plan(ctx, m, scope)
		}
		events, err := m.Pull(ctx, scope)
		a.tell(events)
		if err == nil && len(events) == 0 {
			a.say("nothing to pull")
		}
		return err
	})
	return c
}

// plan prints the steps of a pull, and exits as it would as far as the plan can tell: that two packs which are
// ahead of us have parted from each other shows when the first one was taken.
func (a *app) plan(ctx context.Context, m *engine.Machine, scope syncer.Scope) error {
	steps, events, err := m.PlanPull(ctx, scope)
	if err != nil {
		return err
	}
	var left []syncer.Event
	for _, e := range events {
		if e.Kind == syncer.Registered {
			fmt.Fprintf(a.Out, "would register  %s  %s\n", e.Label, e.Path)
		} else {
			left = append(left, e)
		}
	}
	would := map[syncer.Action]string{syncer.Install: "would install", syncer.Update: "would update", syncer.Resolve: "would continue with theirs",
		syncer.Conflict: "would leave, continued on several machines", syncer.Hold: "would leave, open in Claude Code",
		syncer.Wait: "would wait for a checkout", syncer.Broken: "cannot be read"}
	ends := map[syncer.Action]int{syncer.Conflict: exitLeft, syncer.Hold: exitLeft, syncer.Wait: exitLeft, syncer.Broken: exitFailed}
	for _, step := range steps {
		fmt.Fprintf(a.Out, "%s  %s", would[step.Action], step.Label)
		if step.Session.ID != "" {
			fmt.Fprintf(a.Out, "  %s", step.Session.ID)
		}
		if step.Session.Title != "" {
			fmt.Fprintf(a.Out, "  %s", quoted(step.Session.Title))
		}
		fmt.Fprintf(a.Out, "  from %s\n", words.And(step.From))
		a.exit(ends[step.Action])
	}
	a.tell(left)
	if len(steps)+len(events) == 0 {
		a.say("nothing to pull")
	}
	return nil
}
