package cli

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"claude-sync/syncer"
	"claude-sync/syncer/words"

	"github.com/spf13/cobra"
)

// statusJSON is what status --json prints. Members are only ever added.
type statusJSON struct {
	Machine   string              `json:"machine"`
	SyncDir   string              `json:"syncDir"`
	Projects  []projectStatusJSON `json:"projects"`
	Waiting   []waitingJSON       `json:"waiting"`
	Strays    []strayJSON         `json:"strays"`
	Unplaced  []unplacedJSON      `json:"unplaced"`  // transcripts that are in no project
	Files     int                 `json:"files"`     // transcripts in Claude Code's store, all of them
	Due       int                 `json:"due"`       // sessions that Claude Code will delete here within five days
	DueUnsent int                 `json:"dueUnsent"` // those of them that the sync folder does not have
}

type projectStatusJSON struct {
	Key       string   `json:"key"`
	Label     string   `json:"label"`
	Cwds      []string `json:"cwds"`
	StaleCwds []string `json:"staleCwds"`
	LocalOnly bool     `json:"localOnly"`
	Sessions  int      `json:"sessions"` // here
	Files     int      `json:"files"`    // transcripts of them: a session may have copies
	Empty     int      `json:"empty"`    // of the files: without a whole row, so that there is nothing to push
	Problems  int      `json:"problems"` // sessions that cannot be read
	Ahead     int      `json:"ahead"`    // to push: ahead or local only
	Behind    int      `json:"behind"`   // to pull: behind or remote only
	Diverged  int      `json:"diverged"`
	Archived  int      `json:"archived"`
	Held      int      `json:"held"` // of those behind or diverged: open in Claude Code, which a pull leaves alone
}

type waitingJSON struct {
	Key      string   `json:"key"`
	Label    string   `json:"label"`
	Sessions int      `json:"sessions"`
	Machines []string `json:"machines"`
}

type unplacedJSON struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
	Cure   string `json:"cure"`
}

type strayJSON struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
	Later  bool   `json:"later"` // it may still become a pack
}

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
		st := summary(s)
		st.Due, st.DueUnsent = s.Due(keep)
		if asJSON {
			return printJSON(a.Out, st)
		}
		a.printStatus(st)
		if err := m.CheckStore(s); err != nil {
			a.report(err)
		}
		return nil
	})
	return c
}

func summary(s syncer.Snapshot) statusJSON {
	st := statusJSON{Machine: s.Machine, SyncDir: s.Folder, Projects: []projectStatusJSON{}, Waiting: []waitingJSON{}, Strays: []strayJSON{}, Unplaced: []unplacedJSON{}}
	for _, p := range s.Projects {
		line := projectSummary(p)
		st.Projects, st.Files = append(st.Projects, line), st.Files+line.Files
	}
	for _, u := range s.Unplaced {
		st.Unplaced = append(st.Unplaced, unplacedJSON{u.Path, u.Reason.Error(), syncer.Hint(u.Reason)})
	}
	st.Files += len(s.Unplaced)
	for _, w := range s.Waiting {
		st.Waiting = append(st.Waiting, waitingJSON{string(w.Key), w.Label, w.Sessions, w.Machines})
	}
	for _, stray := range s.Strays {
		st.Strays = append(st.Strays, strayJSON{stray.Shown(), stray.Reason.Error(), stray.Later})
	}
	return st
}

func projectSummary(p syncer.Project) projectStatusJSON {
	line := projectStatusJSON{Key: string(p.Key), Label: p.Label, Cwds: []string{}, StaleCwds: []string{}, LocalOnly: p.LocalOnly}
	for _, c := range p.Cwds {
		if c.Stale {
			if p.Stale() { // else another checkout has its sessions
				line.StaleCwds = append(line.StaleCwds, c.Path)
			}
		} else {
			line.Cwds = append(line.Cwds, c.Path)
		}
	}
	for i := range p.Sessions {
		session := &p.Sessions[i]
		line.countFiles(session)
		if session.Path != "" {
			line.Sessions++
		}
		if session.Problem != nil {
			line.Problems++
		}
		if session.Open && (session.State == syncer.Behind || session.State == syncer.Diverged) {
			line.Held++
		}
		switch session.State {
		case syncer.Ahead, syncer.LocalOnly:
			if session.Unsent() {
				line.Ahead++
			}
		case syncer.Behind, syncer.RemoteOnly:
			line.Behind++
		case syncer.Diverged:
			line.Diverged++
		case syncer.Archived:
			line.Archived++
		}
	}
	return line
}

func (line *projectStatusJSON) countFiles(session *syncer.Session) {
	for v := range session.Views() {
		if v.Path == "" {
			continue
		}
		line.Files++
		if v.Empty {
			line.Empty++
		}
	}
}

func (a *app) printStatus(st statusJSON) {
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	for _, p := range st.Projects {
		fmt.Fprintf(w, "%s\t%s\n", p.Label, p.words())
	}
	for _, waiting := range st.Waiting {
		fmt.Fprintf(w, "%s\twaiting: %s from %s, no checkout here\n", waiting.Label, words.Count(waiting.Sessions, "session"), words.And(waiting.Machines))
	}
	w.Flush()
	a.printUnplaced(st.Unplaced)
	for _, s := range st.Strays {
		a.say("%s in the sync folder was left alone: %s", s.Name, s.Reason)
	}
	if st.Due > 0 {
		where := "all are in the sync folder"
		if st.DueUnsent > 0 {
			where = fmt.Sprintf("not in the sync folder: %d", st.DueUnsent)
		}
		a.say("%s will be deleted here by Claude Code within 5 days; %s", words.Count(st.Due, "session"), where)
		if st.DueUnsent > 0 {
			a.hint("claude-sync push --all")
		}
	}
	if len(st.Projects)+len(st.Waiting) == 0 {
		a.say("no project is registered; claude-sync register, run in a checkout, does it")
	}
}

// printUnplaced tells the transcripts that are in no project, those for one reason in one line.
func (a *app) printUnplaced(all []unplacedJSON) {
	count := map[unplacedJSON]int{}
	var reasons []unplacedJSON
	for _, u := range all {
		u.Path = ""
		if count[u]++; count[u] == 1 {
			reasons = append(reasons, u)
		}
	}
	for _, u := range reasons {
		a.say("%s in no project: %s", words.Count(count[u], "session"), u.Reason)
		a.hint(u.Cure)
	}
}

// words tells a project's state, what needs a person first.
func (p projectStatusJSON) words() string {
	var parts []string
	add := func(n int, word string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	add(p.Diverged, "diverged")
	if n := len(p.StaleCwds); n > 0 {
		parts = append(parts, words.Count(n, "folder")+" gone")
	}
	add(p.Behind, "behind")
	add(p.Ahead, "ahead")
	add(p.Held, "held")
	add(p.Archived, "archived")
	add(p.Problems, "unreadable")
	if p.LocalOnly {
		parts = append(parts, "kept on this machine")
	}
	if len(parts) == 0 {
		return fmt.Sprintf("up to date (%s)", words.Count(p.Sessions, "session"))
	}
	return strings.Join(parts, ", ")
}
