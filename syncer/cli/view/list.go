package view

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/project"
	"claude-sync/syncer/words"
)

// Session is a session as list shows it. Its JSON is an element of list --json: members are only ever added.
type Session struct {
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
	Machines []string  `json:"machines"` // that have a pack of it, each once
}

// Sessions picks and describes the sessions of one project, or of all if only is empty.
func Sessions(s syncer.Snapshot, only project.Key) []Session {
	rows := []Session{}
	for _, p := range s.Projects {
		if only != "" && p.Key != only {
			continue
		}
		for _, session := range p.Sessions {
			row := Session{ID: string(session.ID), Project: string(p.Key), Label: p.Label, Title: session.Title, Relation: session.State.String(),
				Held: session.Open, Cwd: session.Cwd, Path: session.Path, Lines: session.Lines, Bytes: session.Size, Modified: session.Modified, Machines: append([]string{}, session.Machines()...)}
			rows = append(rows, row)
		}
	}
	return rows
}

// WriteSessions writes a table with a line for each session. Now is when they were looked at.
func WriteSessions(w io.Writer, rows []Session, now time.Time) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "SESSION\tPROJECT\tRELATION\tLINES\tSIZE\tAGE\tPACKS OF\tTITLE")
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
		fmt.Fprintf(columns, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Label, relation, lines, Size(r.Bytes), age(now.Sub(r.Modified)), from, r.Title)
	}
	return columns.Flush()
}

// Size writes a number of bytes for people.
func Size(n int64) string {
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
