package cli

import (
	"context"
	"time"

	"claude-sync/syncer/doctor"
	"claude-sync/syncer/examine"

	"github.com/spf13/cobra"
)

// findingJSON is one element of what doctor --json prints. Members are only ever added.
type findingJSON struct {
	Severity string `json:"severity"` // ok, note, problem
	Topic    string `json:"topic"`
	Text     string `json:"text"`
	Cure     string `json:"cure"` // "" when there is nothing to do
}

func (a *app) doctor() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check everything and say how to cure what is wrong",
		Long:  "Checks the configuration, the sync folder, the projects and the packs. Exits 1 if a problem was found.",
		Args:  arguments(0, 0),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "for programs")
	c.RunE = verb(func(ctx context.Context, _ []string) error {
		facts := examine.Machine(ctx, a.Paths, time.Now())
		_, facts.LoginErr = a.Autostart("status")
		found := doctor.Diagnose(facts)
		rows := []findingJSON{}
		for _, f := range found {
			rows = append(rows, findingJSON{f.Severity.String(), f.Topic, f.Text, f.Cure})
			if f.Severity == doctor.Bad {
				a.code = exitFailed
			}
		}
		if asJSON {
			return printJSON(a.Out, rows)
		}
		return doctor.Write(a.Out, found)
	})
	return c
}
