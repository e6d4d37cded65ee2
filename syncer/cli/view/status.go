package view

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/words"
)

// Status is what status shows. Its JSON is that of status --json: members are only ever added.
type Status struct {
	Machine   string     `json:"machine"`
	SyncDir   string     `json:"syncDir"`
	Projects  []Project  `json:"projects"`
	Waiting   []Waiting  `json:"waiting"`
	Strays    []Stray    `json:"strays"`
	Unplaced  []Unplaced `json:"unplaced"`  // transcripts that are in no project
	Files     int        `json:"files"`     // transcripts in Claude Code's store, all of them
	Due       int        `json:"due"`       // sessions that Claude Code will delete here within five days
	DueUnsent int        `json:"dueUnsent"` // those of them that the sync folder does not have
}

// Project is a registered project in a Status.
type Project struct {
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

// Waiting is a project in a Status that has no checkout here.
type Waiting struct {
	Key      string   `json:"key"`
	Label    string   `json:"label"`
	Sessions int      `json:"sessions"`
	Machines []string `json:"machines"`
}

// Unplaced is a transcript in a Status that is in no project.
type Unplaced struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
	Cure   string `json:"cure"`
}

// Stray is a file in a Status that is not a pack where a pack belongs.
type Stray struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
	Later  bool   `json:"later"` // it may still become a pack
}

// StatusOf sums a snapshot up. Retention is how long Claude Code keeps a session.
func StatusOf(s syncer.Snapshot, retention time.Duration) Status {
	st := Status{Machine: s.Machine, SyncDir: s.Folder, Projects: []Project{}, Waiting: []Waiting{}, Strays: []Stray{}, Unplaced: []Unplaced{}}
	for _, p := range s.Projects {
		line := projectOf(p)
		st.Projects, st.Files = append(st.Projects, line), st.Files+line.Files
	}
	for _, u := range s.Unplaced {
		st.Unplaced = append(st.Unplaced, Unplaced{u.Path, u.Reason.Error(), syncer.Hint(u.Reason)})
	}
	st.Files += len(s.Unplaced)
	for _, w := range s.Waiting {
		st.Waiting = append(st.Waiting, Waiting{string(w.Key), w.Label, w.Sessions, w.Machines})
	}
	for _, stray := range s.Strays {
		st.Strays = append(st.Strays, Stray{stray.Shown(), stray.Reason.Error(), stray.Later})
	}
	st.Due, st.DueUnsent = s.Due(retention)
	return st
}

func projectOf(p syncer.Project) Project {
	line := Project{Key: string(p.Key), Label: p.Label, Cwds: []string{}, StaleCwds: []string{}, LocalOnly: p.LocalOnly}
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

func (line *Project) countFiles(session *syncer.Session) {
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

// Write writes a line for each project, also for those without a checkout here.
func (st Status) Write(w io.Writer) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, p := range st.Projects {
		fmt.Fprintf(columns, "%s\t%s\n", p.Label, p.words())
	}
	for _, waiting := range st.Waiting {
		fmt.Fprintf(columns, "%s\twaiting: %s from %s, no checkout here\n", waiting.Label, words.Count(waiting.Sessions, "session"), words.And(waiting.Machines))
	}
	return columns.Flush()
}

// Line is a line of its own for a person, with its advice; "" if there is nothing to do.
type Line struct{ Text, Hint string }

// Lines are what a person should know beside the projects.
func (st Status) Lines() []Line {
	all := linesOf(st.Unplaced)
	for _, s := range st.Strays {
		all = append(all, Line{Text: fmt.Sprintf("%s in the sync folder was left alone: %s", s.Name, s.Reason)})
	}
	if n := len(st.Waiting); n > 0 {
		have := " have"
		if n == 1 {
			have = " has"
		}
		all = append(all, Line{words.Count(n, "project") + " of other machines" + have + " no checkout here", syncer.Event{Kind: syncer.WaitingFor}.Hint()})
	}
	if st.Due > 0 {
		line := Line{Text: words.Count(st.Due, "session") + " will be deleted here by Claude Code within 5 days; all are in the sync folder"}
		if st.DueUnsent > 0 {
			line.Text = fmt.Sprintf("%s will be deleted here by Claude Code within 5 days; not in the sync folder: %d", words.Count(st.Due, "session"), st.DueUnsent)
			line.Hint = "claude-sync push --all"
		}
		all = append(all, line)
	}
	if len(st.Projects)+len(st.Waiting) == 0 {
		all = append(all, Line{Text: "no project is registered; claude-sync register, run in a checkout, does it"})
	}
	return all
}

// linesOf tells the transcripts that are in no project, those for one reason in one line. After a few reasons it says
// how many sessions there are besides.
func linesOf(unplaced []Unplaced) []Line {
	count := map[Unplaced]int{}
	var reasons []Unplaced
	for _, u := range unplaced {
		u.Path = ""
		if count[u]++; count[u] == 1 {
			reasons = append(reasons, u)
		}
	}
	var all []Line
	told := 0
	for i, u := range reasons {
		if i == 5 && len(reasons) > 6 {
			rest := len(unplaced) - told
			return append(all, Line{fmt.Sprintf("%s more in no project", words.Count(rest, "session")), "claude-sync doctor names them all"})
		}
		told += count[u]
		all = append(all, Line{fmt.Sprintf("%s in no project: %s", words.Count(count[u], "session"), u.Reason), u.Cure})
	}
	return all
}

// words tells a project's state, what needs a person first.
func (p Project) words() string {
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
