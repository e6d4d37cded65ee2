package cli

import (
	"context"
	"encoding/json"
	"io"

	"claude-sync/syncer/cli/view"
	"claude-sync/syncer/project"

	"github.com/spf13/cobra"
)

func (a *app) list() *cobra.Command {
	var all, asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "Show this project's sessions, newest first",
		Args:  arguments(0, 0),
	}
	c.Flags().BoolVar(&all, "all", false, "the sessions of every registered project")
	c.Flags().BoolVar(&asJSON, "json", false, "for programs")
	c.RunE = verb(func(ctx context.Context, _ []string) error {
		m, done, err := a.machine(ctx)
		if err != nil {
			return err
		}
		defer done()
		var only project.Key
		if !all {
			if only, err = a.here(ctx, m); err != nil {
				return err
			}
		}
		s, err := m.LookLines(ctx)
		if err != nil {
			return err
		}
		rows := view.Sessions(s, only)
		if asJSON {
			return printJSON(a.Out, rows)
		}
		switch {
		case len(rows) == 0 && all:
			a.say("no sessions in any registered project")
			return nil
		case len(rows) == 0:
			a.say("no sessions here; claude-sync list --all shows those of all projects")
			return nil
		}
		return view.WriteSessions(a.Out, rows, s.Time)
	})
	return c
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
