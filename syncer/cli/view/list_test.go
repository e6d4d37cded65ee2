package view

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/project"
)

func TestTheListIsATable(t *testing.T) {
	one := here(syncer.Behind, open, func(s *syncer.Session) {
		s.Title, s.Size, s.Lines, s.Modified = "Fix login", 1234, 7, noon().Add(-90*time.Minute)
	})
	one.Versions = []syncer.Version{{Machine: "nas"}, {Machine: "laptop"}, {Machine: "laptop"}} // one is a conflicted copy
	two := here(syncer.LocalOnly, func(s *syncer.Session) { s.ID, s.Lines = "b", -1 })
	rows := Sessions(of(one, two), "")
	const want = `SESSION  PROJECT  RELATION      LINES  SIZE    AGE  PACKS OF        TITLE
a        myapp    behind, open  7      1.2 kB  1 h  laptop and nas  Fix login
b        myapp    local only    ?      0 B     now  -               
`
	var out strings.Builder
	if err := WriteSessions(&out, rows, noon()); err != nil || out.String() != want {
		t.Errorf("got %v,\n%s\nwant\n%s", err, out.String(), want)
	}
	if got := strings.Join(rows[0].Machines, " "); got != "laptop nas" {
		t.Errorf("the machines for programs are %q", got)
	}
}

func TestTheListIsOfOneProjectOrOfAll(t *testing.T) {
	s := of(here(syncer.Same))
	s.Projects = append(s.Projects, syncer.Project{Key: "name:tools", Label: "tools", Sessions: []syncer.Session{away(syncer.RemoteOnly)}})
	for _, c := range []struct {
		only project.Key
		want string
	}{{"", "myapp tools"}, {"name:tools", "tools"}, {"name:other", ""}} {
		var labels []string
		for _, row := range Sessions(s, c.only) {
			labels = append(labels, row.Label)
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("only %q: got %q, want %q", c.only, got, c.want)
		}
	}
}

// A program that reads JSON gets a list also where it is empty.
func TestEmptyListsAreNoNull(t *testing.T) {
	for what, v := range map[string]any{"sessions": Sessions(syncer.Snapshot{}, ""), "a session": Sessions(of(here(syncer.LocalOnly)), ""), "status": StatusOf(of(), keep)} {
		if text, err := json.Marshal(v); err != nil || strings.Contains(string(text), "null") {
			t.Errorf("%s: got %s, %v", what, text, err)
		}
	}
}

func TestSizesAndAges(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 9949: "9.9 kB", 12345: "12 kB", 1500000: "1.5 MB", 2e15: "2000 TB"} {
		if got := Size(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{-time.Hour: "now", 59 * time.Second: "now", time.Minute: "1 min", 59 * time.Minute: "59 min",
		time.Hour: "1 h", 47 * time.Hour: "47 h", 2 * day: "2 days"} {
		if got := age(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}
