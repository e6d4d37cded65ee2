package syncer

import (
	"fmt"
	"strings"
	"testing"
)

func everything() Scope         { return Scope{} }
func only(id string) Scope      { return Scope{Session: id} }
func within(label string) Scope { return Scope{Project: keyOf(label)} }

func archive() Scope                { return Scope{Archived: true} }
func overwrite() Scope              { return Scope{Overwrite: true} }
func overwriteOnly(id string) Scope { return Scope{Session: id, Overwrite: true} }

func onlyWithin(id, label string) Scope {
	return Scope{Session: id, Project: keyOf(label)}
}

// written is a plan for a person to read: "update myapp a from laptop; push myapp b".
func written(steps []Step) string {
	words := map[Action]string{Install: "install", Update: "update", Resolve: "resolve", Push: "push", TidyCopies: "tidy",
		Conflict: "conflict", Hold: "hold", Wait: "wait", Broken: "broken"}
	var all []string
	for _, s := range steps {
		text := words[s.Action] + " " + s.Label
		if s.Project != keyOf(s.Label) {
			text += fmt.Sprintf(" (as %s)", s.Project)
		}
		if s.Session.ID != "" {
			text += " " + string(s.Session.ID)
		}
		if s.Key != "" {
			text += fmt.Sprintf(" under %s", s.Key)
		}
		if s.Count > 0 {
			text += fmt.Sprintf(" (%d)", s.Count)
		}
		switch {
		case s.Action == Resolve && s.Winner == "":
			text += " with ours"
		case s.Action == Resolve:
			text += " with " + s.Winner
		}
		if len(s.From) > 0 {
			text += " from " + strings.Join(s.From, ", ")
		}
		if s.Err != nil {
			text += ": " + s.Err.Error()
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

// planned is what a plan is for what a look found.
type planned struct {
	name  string
	look  Snapshot
	scope Scope
	want  string
}

func (c planned) run(t *testing.T, plan func(Snapshot, Scope) []Step) {
	t.Run(c.name, func(t *testing.T) {
		if got := written(plan(c.look, c.scope)); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	})
}
