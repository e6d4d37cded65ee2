package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"claude-sync/syncer"
	"claude-sync/syncer/words"
)

// tell writes events as lines: what was done to stdout, what was left or failed to stderr, each piece of
// advice once. It sets the exit code.
func (a *app) tell(events []syncer.Event) {
	var hints []string
	tidied := 0
	for _, e := range events {
		if errors.Is(e.Err, context.Canceled) {
			a.report(e.Err)
			break // what follows was stopped by the same Ctrl-C
		}
		if e.Kind == syncer.Tidied {
			tidied += e.Count
			continue
		}
		if line := result(e); line != "" {
			fmt.Fprintln(a.Out, line)
			continue
		}
		a.complain(problem(e))
		if h := e.Hint(); h != "" && !slices.Contains(hints, h) {
			hints = append(hints, h)
		}
	}
	if tidied > 0 {
		fmt.Fprintf(a.Out, "%-10s  %s that added nothing\n", "tidied", copies(tidied))
	}
	for _, h := range hints {
		a.hint(h)
	}
	a.exit(syncer.ExitCode(events))
}

// copies counts conflicted copies of packs.
func copies(n int) string {
	if n == 1 {
		return "1 conflict copy"
	}
	return fmt.Sprintf("%d conflict copies", n)
}

// exit sets the exit code. A failure outranks what was left, and what was left outranks success.
func (a *app) exit(code int) {
	if a.code != exitFailed && code != 0 {
		a.code = code
	}
}

// result is the line for something that was done, "" for everything else.
func result(e syncer.Event) string {
	verbs := map[syncer.Kind]string{syncer.Installed: "installed", syncer.Updated: "updated", syncer.Resolved: "resolved",
		syncer.Forked: "forked", syncer.Pushed: "pushed", syncer.Mended: "mended", syncer.Registered: "registered"}
	word, ok := verbs[e.Kind]
	if !ok {
		return ""
	}
	line := fmt.Sprintf("%-10s  %s", word, e.Label)
	if e.Kind == syncer.Registered {
		return line + "  " + e.Path
	}
	line += "  " + string(e.Session)
	if e.Title != "" {
		line += "  " + quoted(e.Title)
	}
	if len(e.From) > 0 && e.Kind != syncer.Forked {
		line += "  from " + words.And(e.From)
	}
	if e.Kind == syncer.Mended {
		line += fmt.Sprintf("  this machine's pack was damaged (%v)", e.Err)
		if e.Path != "" {
			line += "; the damaged file is now " + e.Path
		}
	}
	return line
}

// problem is the line for something that was left or failed.
func problem(e syncer.Event) string {
	name := e.Label
	if e.Session != "" {
		name += ": " + sessionName(e)
	}
	switch e.Kind {
	case syncer.Conflicted:
		return name + " was " + words.Continued(e.From)
	case syncer.Held:
		if e.PID > 0 {
			return fmt.Sprintf("%s is open in Claude Code (process %d), left alone", name, e.PID)
		}
		return name + " is being written by Claude Code, left alone"
	case syncer.WaitingFor:
		return fmt.Sprintf("waiting: no checkout of %s on this machine (%s from %s)", e.Label, words.Count(e.Count, "session"), words.And(e.From))
	case syncer.InArchive:
		return words.Count(e.Count, "session") + " of this machine " + map[bool]string{true: "is", false: "are"}[e.Count == 1] + " archived in the sync folder and not here"
	case syncer.Strayed:
		return fmt.Sprintf("%s in the sync folder was left alone: %v", e.Path, e.Err)
	case syncer.StaleCwd:
		return fmt.Sprintf("%s: its folder %s is gone", e.Label, e.Path)
	}
	if e.Label == "" {
		return e.Err.Error()
	}
	return fmt.Sprintf("%s: %v", name, e.Err)
}

func sessionName(e syncer.Event) string {
	if e.Title == "" {
		return "session " + e.Session.Short()
	}
	return quoted(e.Title) + " (" + e.Session.Short() + ")"
}

func quoted(s string) string { return "'" + s + "'" }
