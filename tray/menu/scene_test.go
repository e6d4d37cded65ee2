package menu

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/command"
	"claude-sync/syncer/project"
)

// noon is when every picture is taken.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// A scene is a View as text: a directive a line, with its words; words with spaces or odd bytes are quoted
// as in Go. A project takes the cwd and session lines below it.
//
//	setup [provider dir]                     set up, with this sync folder
//	candidate <provider> <dir>
//	version <version> | autostart | notifications
//	still                                    nothing happens
//	look <age>                               the last good look; without it there was none
//	unavailable <reason>
//	project <label> <age> [local-only]
//	cwd <path> [stale]
//	session <n> <relation> <machines|-> <title> <age> [held] [own] [problem=<text>]
//	waiting <label> <sessions> <machines>
//	stray <name> <reason> [later]
//	other <folder> <label> <label>           the folder is the first project's, and not the second's
//	failed <label> <title|-> <reason> | held <label> <title> | stopped <label> <title>
//	busy <verb> <step>/<steps> [bytes=<n>] [project=<label>] [stopping]
//	projects <n>                             n quiet projects with a session each
type scene struct {
	t    *testing.T
	view View
}

func readScene(t *testing.T, s string) View {
	t.Helper()
	sc := &scene{t: t, view: View{Now: noon(), Version: "1.0.0", Notifications: true}}
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		if line != "" && line[0] != '#' {
			sc.directive(fields(t, line))
		}
	}
	return sc.view
}

// fields splits a line at spaces, and reads quoted words.
func fields(t *testing.T, line string) []string {
	t.Helper()
	var all []string
	for line != "" {
		word, rest, _ := strings.Cut(line, " ")
		if line[0] == '"' {
			quoted, err := strconv.QuotedPrefix(line)
			must(t, err)
			word, err = strconv.Unquote(quoted)
			must(t, err)
			rest = line[len(quoted):]
		}
		all = append(all, word)
		line = strings.TrimLeft(rest, " ")
	}
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (sc *scene) directive(w []string) {
	sc.t.Helper()
	v, arg := &sc.view, w[1:]
	switch w[0] {
	case "setup":
		v.SetUp, v.Provider, v.SyncDir = true, "Dropbox", "/home/ana/Dropbox/claude-sync"
		if len(arg) == 2 {
			v.Provider, v.SyncDir = arg[0], arg[1]
		}
	case "candidate":
		v.Candidates = append(v.Candidates, Candidate{Provider: arg[0], Dir: arg[1]})
	case "version":
		v.Version = arg[0]
	case "autostart":
		v.Autostart = true
	case "still":
		v.Idle = true
	case "silent":
		v.Notifications = false
	case "look":
		v.Snapshot = &syncer.Snapshot{Machine: "desktop", Machines: []string{"desktop"}, Folder: v.SyncDir, Time: noon().Add(-sc.age(arg[0]))}
	case "unavailable":
		v.Unavailable = arg[0]
	case "busy":
		sc.busy(arg)
	case "other":
		v.Failures = append(v.Failures, syncer.Event{Kind: syncer.Failed, Err: &syncer.OtherProjectError{Cwd: arg[0], Is: key(arg[1]), Wanted: key(arg[2])}})
	case "failed", "held", "stopped":
		sc.failed(w[0], arg)
	default:
		sc.found(w[0], arg)
	}
}

// found are the directives that a look is made of.
func (sc *scene) found(name string, arg []string) {
	sc.t.Helper()
	s := sc.view.Snapshot
	switch name {
	case "project":
		s.Projects = append(s.Projects, syncer.Project{Key: key(arg[0]), Label: arg[0], Used: noon().Add(-sc.age(arg[1])), LocalOnly: slices.Contains(arg, "local-only")})
	case "projects":
		for i := range sc.number(arg[0]) {
			sc.directive([]string{"project", fmt.Sprintf("app%03d", i), fmt.Sprintf("%dh", i+1)})
			sc.directive([]string{"cwd", fmt.Sprintf("/home/ana/code/app%03d", i)})
			sc.directive([]string{"session", strconv.Itoa(i), "same", "laptop", fmt.Sprintf("Talk %d", i), fmt.Sprintf("%dh", i+1)})
		}
	case "cwd":
		p := sc.last()
		p.Cwds = append(p.Cwds, syncer.Cwd{Path: arg[0], Stale: slices.Contains(arg, "stale")})
	case "session":
		sc.session(arg)
	case "waiting":
		s.Waiting = append(s.Waiting, syncer.Waiting{Key: key(arg[0]), Label: arg[0], Sessions: sc.number(arg[1]), Machines: strings.Split(arg[2], ",")})
		for _, m := range strings.Split(arg[2], ",") {
			sc.takesPart(m)
		}
	case "stray":
		s.Strays = append(s.Strays, syncer.Stray{Name: arg[0], Reason: errors.New(arg[1]), Later: slices.Contains(arg, "later")})
	default:
		sc.t.Fatalf("no directive %q", name)
	}
}

func key(label string) project.Key {
	return project.Key("git:https://github.com/ana/" + label + ".git")
}

func (sc *scene) last() *syncer.Project {
	return &sc.view.Snapshot.Projects[len(sc.view.Snapshot.Projects)-1]
}

func (sc *scene) number(s string) int {
	sc.t.Helper()
	n, err := strconv.Atoi(s)
	must(sc.t, err)
	return n
}

func (sc *scene) age(s string) time.Duration {
	sc.t.Helper()
	d, err := time.ParseDuration(s)
	must(sc.t, err)
	return d
}

// option returns the value of name=value.
func option(arg []string, name string) string {
	for _, a := range arg {
		if value, ok := strings.CutPrefix(a, name+"="); ok {
			return value
		}
	}
	return ""
}

func relation(t *testing.T, word string) syncer.State {
	t.Helper()
	for r := syncer.Same; r <= syncer.Archived; r++ {
		if strings.ReplaceAll(r.String(), " ", "-") == word {
			return r
		}
	}
	t.Fatalf("no relation %q", word)
	return 0
}

func sessionID(n int) ccsync.SessionID {
	return ccsync.SessionID(fmt.Sprintf("%08x-0000-4000-8000-000000000000", n))
}

func (sc *scene) session(arg []string) {
	sc.t.Helper()
	p := sc.last()
	s := syncer.Session{ID: sessionID(sc.number(arg[0])), State: relation(sc.t, arg[1]), Title: arg[3], Modified: noon().Add(-sc.age(arg[4]))}
	if s.Title == "-" {
		s.Title = ""
	}
	if s.State != syncer.RemoteOnly && s.State != syncer.Archived {
		s.Path, s.Size = "/home/ana/.claude/projects/x/"+string(s.ID)+".jsonl", 1000
	}
	for _, c := range p.Cwds {
		if !c.Stale && s.Cwd == "" {
			s.Cwd = c.Path
		}
	}
	for _, m := range strings.Split(arg[2], ",") {
		if m != "-" {
			s.Versions = append(s.Versions, syncer.Version{Machine: m, Exported: s.Modified, State: s.State})
			sc.takesPart(m)
		}
	}
	if slices.Contains(arg, "own") {
		s.Versions = append(s.Versions, syncer.Version{Machine: "desktop", Own: true, Exported: s.Modified.Add(-time.Hour), State: syncer.Same})
	}
	if slices.Contains(arg, "held") {
		s.Open, s.PID = true, 7
	}
	if text := option(arg, "problem"); text != "" {
		s.Problem = errors.New(text)
	}
	p.Sessions = append(p.Sessions, s)
}

// takesPart counts a machine, once.
func (sc *scene) takesPart(machine string) {
	if all := &sc.view.Snapshot.Machines; !slices.Contains(*all, machine) {
		*all = append(*all, machine)
	}
}

func (sc *scene) failed(kind string, arg []string) {
	e := syncer.Event{Kind: syncer.Held, Label: arg[0], Project: key(arg[0]), PID: 7}
	switch kind {
	case "failed":
		e.Kind, e.Err, e.PID = syncer.Failed, errors.New(arg[2]), 0
	case "stopped":
		e.Kind, e.Err, e.PID = syncer.Failed, context.Canceled, 0
	}
	if e.Label == "-" {
		e.Label, e.Project = "", ""
	}
	if arg[1] != "-" {
		e.Session, e.Title = sessionID(99), arg[1]
	}
	sc.view.Failures = append(sc.view.Failures, e)
}

func (sc *scene) busy(arg []string) {
	sc.t.Helper()
	step, steps, _ := strings.Cut(arg[1], "/")
	w := &Busy{Verb: command.Verb(arg[0]), Stopping: slices.Contains(arg, "stopping")}
	w.Progress = syncer.Progress{Step: sc.number(step), Steps: sc.number(steps), Label: option(arg, "project")}
	if w.Progress.Label != "" {
		w.Project = key(w.Progress.Label)
	}
	if n := option(arg, "bytes"); n != "" {
		w.Progress.Bytes = int64(sc.number(n))
	}
	sc.view.Busy = w
}
