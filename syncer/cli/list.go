package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/project"
	"claude-sync/syncer/words"

	"github.com/spf13/cobra"
)

// sessionJSON is one element of what list --json prints. Members are only ever added.
type sessionJSON struct {
	ID       string    `json:"id"`
	Project  string    `json:"project"`  // key
	Label    string    `json:"label"`    // the project's, for people
	Title    string    `json:"title"`    // "" when it has none
	Relation string    `json:"relation"` // same, ahead, behind, diverged, local only, remote only, archived
	Held     bool      `json:"held"`     // open in Claude Code
	Cwd      string    `json:"cwd"`      // "" when the project has no checkout here
	Path     string    `json:"path"`     // the transcript, "" when there is none here
	Lines    int64     `json:"lines"`    // -1 if they cannot be counted
	Bytes    int64     `json:"bytes"`
	Modified time.Time `json:"modified"`
	Machines []string  `json:"machines"` // that have a pack of it
}

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
		rows := sessionRows(s, only)
		if asJSON {
			return printJSON(a.Out, rows)
		}
		a.table(rows, s.Time, all)
		return nil
	})
	return c
}

// sessionRows picks and describes the sessions of one project, or of all.
func sessionRows(s syncer.Snapshot, only project.Key) []sessionJSON {
	rows := []sessionJSON{}
	for _, p := range s.Projects {
		if only != "" && p.Key != only {
			continue
		}
		for _, session := range p.Sessions {
			row := sessionJSON{ID: string(session.ID), Project: string(p.Key), Label: p.Label, Title: session.Title, Relation: session.State.String(),
				Held: session.Open, Cwd: session.Cwd, Path: session.Path, Lines: session.Lines, Bytes: session.Size, Modified: session.Modified, Machines: []string{}}
			for _, v := range session.Versions {
				row.Machines = append(row.Machines, v.Machine)
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func (a *app) table(rows []sessionJSON, now time.Time, all bool) {
	switch {
	case len(rows) == 0 && all:
		a.say("no sessions in any registered project")
		return
	case len(rows) == 0:
		a.say("no sessions here; claude-sync list --all shows those of all projects")
		return
	}
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SESSION\tPROJECT\tRELATION\tLINES\tSIZE\tAGE\tPACKS OF\tTITLE")
	for _, r := range rows {
		relation := r.Relation
		if r.Held {
			relation += ", open"
		}
		from := "-"
		if len(r.Machines) > 0 {
			from = words.And(r.Machines)
		}
		lines := "?"
		if r.Lines >= 0 {
			lines = fmt.Sprint(r.Lines)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Label, relation, lines, size(r.Bytes), age(now.Sub(r.Modified)), from, r.Title)
	}
	w.Flush()
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func size(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	f, i := float64(n), 0
	for f >= 1000 && i < len(units)-1 {
		f /= 1000
		i++
	}
	if i == 0 || f >= 10 {
		return fmt.Sprintf("%.0f %s", f, units[i])
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}

func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d days", d/(24*time.Hour))
}
