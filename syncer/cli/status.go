package cli

import (
	"context"

	"claude-sync/syncer/cli/view"
	"claude-sync/syncer/examine"

	"github.com/spf13/cobra"
)

func (a *app) status() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Show what there is to push and to pull, one line a project",
		Args:  arguments(0, 0),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "for programs")
	c.RunE = verb(func(ctx context.Context, _ []string) error {
		m, done, err := a.machine(ctx)
		if err != nil {
			return err
		}
		defer done()
		s, err := m.Look(ctx)
		if err != nil {
			return err
		}
		keep, _ := m.Store.Retention() // the default if the settings cannot be read, which doctor reports
		st := view.StatusOf(s, keep)
		if asJSON {
			return printJSON(a.Out, st)
		}
		if err := st.Write(a.Out); err != nil {
			return err
		}
		for _, line := range st.Lines() {
			a.complain(line.Text)
			a.hint(line.Hint)
		}
		if err := examine.Store(m.Store, s); err != nil {
			a.report(err)
		}
		return nil
	})
	return c
}
