package syncer

import (
	"strings"
	"testing"
	"time"
)

// copied adds another transcript of the session in a folder.
func copied(cwd string, traits ...trait) trait {
	return func(k *sketch) {
		c := oneSession(string(k.ID), traits...)
		c.Cwd, c.Path = cwd, "/store/"+cwd+"/"+string(k.ID)+".jsonl"
		k.Copies = append(k.Copies, c)
	}
}

func goneFolder(k *sketch) { k.Gone = true }
func empty(k *sketch)      { k.Empty = true }

// united is oneSession for one that has copies.
func united(id string, traits ...trait) Session {
	s := oneSession(id, traits...)
	s.SumUp()
	return s
}

func TestCopiesOfASessionAreVersionsOfIt(t *testing.T) {
	for _, c := range []struct {
		name             string
		is               Session
		state            string
		unsent           bool
		pull, push, tidy string
	}{
		{"both in step", united("a", same(here), copied("/wt", same(here))), "same", false, "", "", ""},
		{"the copy has rows of its own", united("a", same(here), copied("/wt", ahead(here))), "ahead", true, "", "push /wt", ""},
		{"both have rows of their own", united("a", ahead(here), copied("/wt", ahead(here))), "ahead", true, "", "push /code; push /wt", ""},
		{"the copy lacks rows", united("a", same(here), copied("/wt", behind(here))), "behind", false, "update /wt", "", ""},
		{"both lack laptop's rows", united("a", behind("laptop"), copied("/wt", behind("laptop"))), "behind", false, "update /code; update /wt", "", ""},
		{"the copy went on otherwise", united("a", same(here), copied("/wt", diverged("laptop"))), "diverged", true, "conflict /wt", "conflict /wt; push /wt", ""},
		{"a copy in a folder that is gone, in step", united("a", same(here), copied("/old", goneFolder, same(here))), "same", false, "", "", ""},
		{"a copy in a folder that is gone, with rows of its own", united("a", same(here), copied("/old", goneFolder, ahead(here))), "ahead", true, "", "push /old", ""},
		{"a copy in a folder that is gone, behind", united("a", same(here), copied("/old", goneFolder, behind(here))), "same", false, "", "", ""},
		{"an empty copy", united("a", same(here), copied("/wt", empty)), "same", false, "", "", ""},
		{"only in folders that are gone", united("a", goneFolder, ahead(here), copied("/old", goneFolder, same(here))), "ahead", true, "", "push /code", "relocate /code to /home; relocate /old to /home"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Project{Key: keyOf("myapp"), Label: "myapp", Cwds: []Cwd{{Path: "/home"}}, Sessions: []Session{c.is}}
			s := Snapshot{Projects: []Project{p}}
			if c.is.State.String() != c.state || c.is.Unsent() != c.unsent {
				t.Errorf("got %v, unsent %v, want %s, %v", c.is.State, c.is.Unsent(), c.state, c.unsent)
			}
			for _, x := range []struct {
				what, got, want string
			}{{"pull", folders(PlanPull(s, Scope{})), c.pull}, {"push", folders(PlanPush(s, Scope{})), c.push}, {"tidy", folders(PlanTidy(s)), c.tidy}} {
				if x.got != x.want {
					t.Errorf("%s: got %q, want %q", x.what, x.got, x.want)
				}
			}
		})
	}
}

// folders is a plan by the folders of its sessions.
func folders(steps []Step) string {
	words := map[Action]string{Update: "update", Push: "push", Conflict: "conflict", Relocate: "relocate"}
	var all []string
	for _, s := range steps {
		text := words[s.Action] + " " + s.Session.Cwd
		if s.To != "" {
			text += " to " + s.To
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

func TestArrivalsGoToTheMainWorkTree(t *testing.T) {
	used := func(cwd string, ago time.Duration) Session {
		return Session{ID: "a", Path: "/store/" + cwd, Cwd: cwd, Modified: noon().Add(-ago)}
	}
	for _, c := range []struct {
		name     string
		cwds     []Cwd
		sessions []Session
		want     string
	}{
		{"no checkout", nil, nil, ""},
		{"one that is gone", []Cwd{{Path: "/a", Stale: true}}, nil, ""},
		{"the first, if none was used", []Cwd{{Path: "/a"}, {Path: "/b"}}, nil, "/a"},
		{"the one that was used last", []Cwd{{Path: "/a"}, {Path: "/b"}}, []Session{used("/a", 2*time.Hour), used("/b", time.Hour)}, "/b"},
		{"a main work tree before a linked one that was used later", []Cwd{{Path: "/a", Linked: true}, {Path: "/b"}}, []Session{used("/a", time.Minute), used("/b", 48*time.Hour)}, "/b"},
		{"a main work tree that was never used", []Cwd{{Path: "/a", Linked: true}, {Path: "/b"}}, []Session{used("/a", time.Minute)}, "/b"},
		{"a linked one if there is no other", []Cwd{{Path: "/a", Linked: true}, {Path: "/b", Stale: true}}, nil, "/a"},
		{"not where a session lies in a folder that is gone", []Cwd{{Path: "/a"}, {Path: "/b", Stale: true}}, []Session{used("/b", 0)}, "/a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := (Project{Cwds: c.cwds, Sessions: c.sessions}).Home(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
