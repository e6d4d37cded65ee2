package notify

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/command"
	"claude-sync/syncer/project"
)

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

func key(label string) project.Key {
	return project.Key("git:https://github.com/ana/" + label + ".git")
}

func id(n int) ccsync.SessionID {
	return ccsync.SessionID(fmt.Sprintf("%08x-0000-4000-8000-000000000000", n))
}

// part changes a session that is being described.
type part func(*syncer.Session)

// sess is a session of this machine unless it is remote only, an hour old and 1000 bytes long.
func sess(n int, r syncer.State, title string, parts ...part) syncer.Session {
	s := syncer.Session{ID: id(n), State: r, Title: title, Modified: noon().Add(-time.Hour), Size: 1000, Cwd: "/code/app", Path: "/t.jsonl"}
	if r == syncer.RemoteOnly || r == syncer.Archived {
		s.Path = ""
	}
	for _, p := range parts {
		p(&s)
	}
	return s
}

// from adds a machine's pack, exported at a minute of the day.
func from(machine string, minute int) part {
	return func(s *syncer.Session) {
		s.Versions = append(s.Versions, syncer.Version{Machine: machine, State: s.State, Lines: 10, Size: 500,
			Exported: noon().Add(time.Duration(minute) * time.Minute)})
	}
}

// ownPack is this machine's pack of the session, whole.
func ownPack(s *syncer.Session) {
	s.Versions = append(s.Versions, syncer.Version{Machine: "desktop", Own: true, State: syncer.Same})
}

func held(s *syncer.Session) { s.Open, s.PID = true, 7 }

func long(n int64) part { return func(s *syncer.Session) { s.Size = n } }

func old(days int) part {
	return func(s *syncer.Session) { s.Modified = noon().AddDate(0, 0, -days) }
}

func proj(label string, sessions ...syncer.Session) syncer.Project {
	return syncer.Project{Key: key(label), Label: label, Cwds: []syncer.Cwd{{Path: "/code/" + label}}, Sessions: sessions}
}

func without(p syncer.Project) syncer.Project {
	p.Cwds = []syncer.Cwd{{Path: p.Cwds[0].Path, Stale: true}}
	return p
}

func localOnly(p syncer.Project) syncer.Project {
	p.LocalOnly = true
	return p
}

func snap(projects ...syncer.Project) *syncer.Snapshot {
	return &syncer.Snapshot{Machine: "desktop", Folder: "/sync", Time: noon(), Projects: projects}
}

// look is one turn of the loop, and the notes that a person gets: title, "|", first line of the body.
type look struct {
	after   *syncer.Snapshot // nil for a look that failed
	gone    string
	events  []syncer.Event
	later   time.Duration // since the look before
	restart bool          // the program was ended and started before this look
	want    []string
}

func headline(n Note) string {
	body, _, _ := strings.Cut(n.Body, "\n")
	return n.Title + " | " + body
}

// play runs a story through Decide, and checks at each step the rules for all stories.
func play(t *testing.T, story []look) []Note {
	t.Helper()
	var notified Notified
	var before *syncer.Snapshot
	var all []Note
	now := noon()
	for i, l := range story {
		now = now.Add(l.later)
		if l.restart {
			var err error
			if notified, err = ParseNotified(notified.Bytes()); err != nil {
				t.Fatal(err)
			}
			before = nil
		}
		s := Scene{Before: before, After: l.after, Unavailable: l.gone, Events: l.events, Retention: 30 * 24 * time.Hour, Now: now}
		notes, next := decideTwice(t, notified, s)
		var got []string
		for _, n := range notes {
			got = append(got, headline(n))
		}
		if strings.Join(got, "\n") != strings.Join(l.want, "\n") {
			t.Errorf("look %d: got\n%q\nwant\n%q", i+1, got, l.want)
		}
		all, notified = append(all, notes...), next
		if l.after != nil {
			before = l.after
		}
	}
	return all
}

// decideTwice is Decide, proven to be pure and to say nothing twice.
func decideTwice(t *testing.T, notified Notified, s Scene) ([]Note, Notified) {
	t.Helper()
	was := string(notified.Bytes())
	notes, next := Decide(notified, s)
	again, _ := Decide(notified, s)
	if !reflect.DeepEqual(notes, again) || string(notified.Bytes()) != was {
		t.Errorf("the same scene gave %v and %v", notes, again)
	}
	if repeated, _ := Decide(next, s); len(repeated) > 0 {
		t.Errorf("told twice: %v", repeated)
	}
	for _, n := range notes {
		checkNote(t, n)
	}
	return notes, next
}

func checkNote(t *testing.T, n Note) {
	t.Helper()
	texts := []string{n.Title}
	texts = append(texts, strings.Split(n.Body, "\n")...)
	for _, b := range n.Buttons {
		texts = append(texts, b.Label)
		if b.Do.Verb == "" {
			t.Errorf("%q: button %q does nothing", n.Title, b.Label)
		}
	}
	for _, s := range texts {
		if s == "" || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }) {
			t.Errorf("got %q, want visible text", s)
		}
		if utf8.RuneCountInString(s) > 260 {
			t.Errorf("got %d characters, want a line: %q", utf8.RuneCountInString(s), s)
		}
	}
	if n.ID == "" || len(n.Buttons) > 3 {
		t.Errorf("got %+v, want an ID and three buttons at most", n)
	}
}

const conflictBody = "'Fix it' was continued on desktop and laptop."

func quiet() *syncer.Snapshot {
	return snap(proj("app", sess(1, syncer.Same, "Fix it", from("laptop", 0))))
}

func diverged(parts ...part) *syncer.Snapshot {
	return snap(proj("app", sess(1, syncer.Diverged, "Fix it", parts...)))
}

// pulls is n sessions that laptop exported in that minute.
func pulls(n, minute int) *syncer.Snapshot {
	var all []syncer.Session
	for i := range n {
		all = append(all, sess(i, syncer.RemoteOnly, fmt.Sprintf("Talk %d", i), from("laptop", minute)))
	}
	return snap(proj("app", all...))
}

func TestPolicy(t *testing.T) {
	for _, stories := range []map[string][]look{conflictStories(), staleStories(), arrivalStories(), failureStories(), folderStories(), dueStories()} {
		for name, story := range stories {
			t.Run(name, func(t *testing.T) { play(t, story) })
		}
	}
}

func conflictStories() map[string][]look {
	conflict := []string{"app: continued on two machines | " + conflictBody}
	return map[string][]look{
		"nothing": {{after: quiet()}, {after: quiet()}},
		"a conflict is told once for a pair of versions": {
			{after: quiet()}, {after: diverged(from("laptop", 1)), want: conflict}, {after: diverged(from("laptop", 1)), later: 1000 * time.Hour},
			{after: diverged(from("laptop", 2)), want: conflict}, {after: diverged(from("laptop", 2))}},
		"a conflict is a problem: told on the first look, and not again after a restart": {
			{after: diverged(from("laptop", 1)), want: conflict}, {after: diverged(from("laptop", 1)), restart: true}},
		"a conflict that goes on here while Claude Code is open is told when it is left": {
			{after: diverged(from("laptop", 1), held), want: conflict}, {after: diverged(from("laptop", 1), held, long(2000))},
			{after: diverged(from("laptop", 1), held, long(3000))}, {after: diverged(from("laptop", 1), long(3000)), want: conflict}},
		"a conflict whose pack flickers is told once": {
			{after: diverged(from("laptop", 1)), want: conflict}, {after: quiet()}, {after: diverged(from("laptop", 1))}},
		"our own push does not make another pair": {
			{after: diverged(from("laptop", 1)), want: conflict}, {after: diverged(from("laptop", 1), ownPack)}},
		"a third branch is another pair": {
			{after: diverged(from("laptop", 1)), want: conflict},
			{after: diverged(from("laptop", 1), from("mini", 1)), want: []string{"app: continued on 3 machines | 'Fix it' was continued on 3 machines."}}},
		"many conflicts are one note": {{after: snap(proj("app", sess(1, syncer.Diverged, "A", from("x", 1)), sess(2, syncer.Diverged, "B", from("x", 1)),
			sess(3, syncer.Diverged, "C", from("x", 1)), sess(4, syncer.Diverged, "D", from("x", 1)))),
			want: []string{"4 sessions were continued on two machines | 'A', 'B', 'C' and 1 more. Nothing is lost; the menu asks which branch each goes on with."}}},
		"many conflicts, one of them on three machines": {{after: snap(proj("app", sess(1, syncer.Diverged, "A", from("x", 1)), sess(2, syncer.Diverged, "B", from("x", 1)),
			sess(3, syncer.Diverged, "C", from("x", 1), from("y", 1)), sess(4, syncer.Diverged, "D", from("x", 1)))),
			want: []string{"4 sessions were continued on several machines | 'A', 'B', 'C' and 1 more. Nothing is lost; the menu asks which branch each goes on with."}}},
		"a conflicted copy of the pack is no third branch": {
			{after: diverged(from("laptop", 1)), want: conflict}, {after: diverged(from("laptop", 1), from("laptop", 1))}},
		"a project that is kept here has no conflicts": {{after: snap(localOnly(proj("app", sess(1, syncer.Diverged, "A", from("x", 1)))))}},
	}
}

func staleStories() map[string][]look {
	return map[string][]look{
		"a checkout is gone: once until it is back": {
			{after: quiet()}, {after: snap(without(quiet().Projects[0])), want: []string{"app: its folder is gone | /code/app"}},
			{after: snap(without(quiet().Projects[0])), restart: true}, {after: quiet()},
			{after: snap(without(quiet().Projects[0])), want: []string{"app: its folder is gone | /code/app"}}},
		"a drive with all checkouts is one note": {{after: snap(without(proj("a")), without(proj("b")), without(proj("c")), without(proj("d"))),
			want: []string{"4 project folders are gone | a, b, c and 1 more. Is a drive not connected? The menu can locate or forget them."}}},
	}
}

func arrivalStories() map[string][]look {
	conflict := []string{"app: continued on two machines | " + conflictBody}
	return map[string][]look{
		"arrivals are told in one note": {
			{after: quiet()}, {after: pulls(0, 0)}, {after: pulls(2, 1), want: []string{"2 sessions from laptop | 'Talk 0', 'Talk 1'"}}, {after: pulls(2, 1), later: time.Hour},
			{after: pulls(3, 1), want: []string{"1 session from laptop | 'Talk 2'"}}},
		"what came in the night is no news at login": {{after: pulls(2, 1)}, {after: pulls(2, 1)}},
		"a pack that is newer again arrived again": {
			{after: pulls(1, 1)}, {after: pulls(1, 2), want: []string{"1 session from laptop | 'Talk 0'"}}, {after: pulls(1, 2), restart: true}, {after: pulls(1, 2)}},
		"what our own pull installed did not arrive": {
			{after: pulls(1, 1)}, {after: snap(proj("app", sess(0, syncer.Same, "Talk 0", from("laptop", 1)))),
				events: []syncer.Event{{Kind: syncer.Installed, Project: key("app"), Session: id(0)}}}},
		"an arrival that flickers is told once": {
			{after: pulls(0, 1)}, {after: pulls(1, 1), want: []string{"1 session from laptop | 'Talk 0'"}}, {after: pulls(0, 1)}, {after: pulls(1, 1)}},
		"a project that was registered brings no news": {{after: snap(proj("other"))}, {after: pulls(5, 1)}},
		"a project that is kept here gets no news":     {{after: snap(localOnly(proj("app")))}, {after: snap(localOnly(pulls(2, 1).Projects[0]))}},
		"news of an open session warn": {
			{after: quiet()}, {after: snap(proj("app", sess(1, syncer.Behind, "Fix it", from("laptop", 3), held))), want: []string{"1 session from laptop | 'Fix it'"}}},
		"a conflict of an open session is no arrival": {
			{after: quiet()}, {after: diverged(from("laptop", 1), held, func(s *syncer.Session) {
				s.Versions = append(s.Versions, syncer.Version{Machine: "mini", State: syncer.Behind})
			}), want: conflict}},
		"an archived session that others go on with is no news": {
			{after: snap(proj("app"))}, {after: snap(proj("app", sess(1, syncer.Archived, "Fix it", from("laptop", 3))))}},
	}
}

func failureStories() map[string][]look {
	return map[string][]look{
		"a failure is told each time it was asked for, a double click once": {
			{after: quiet()}, {after: quiet(), events: []syncer.Event{failure("app", 1, "Fix it", "no space left")}, want: []string{"What you asked for was not done | app: 'Fix it': no space left"}},
			{after: quiet(), events: []syncer.Event{failure("app", 1, "Fix it", "no space left")}, later: 30 * time.Second},
			{after: quiet(), events: []syncer.Event{failure("app", 1, "Fix it", "no space left")}, later: time.Hour, want: []string{"What you asked for was not done | app: 'Fix it': no space left"}}},
		"success is never told": {{after: quiet()}, {after: quiet(), events: []syncer.Event{{Kind: syncer.Pushed}, {Kind: syncer.Installed}, {Kind: syncer.Updated},
			{Kind: syncer.Resolved}, {Kind: syncer.Forked}, {Kind: syncer.Registered}, {Kind: syncer.WaitingFor}, {Kind: syncer.Strayed}, {Kind: syncer.Conflicted}, {Kind: syncer.Mended, Err: errors.New("torn")}, {Kind: syncer.InArchive, Count: 3}}}},
		"what a person stopped did not fail": {{after: quiet(), events: []syncer.Event{{Kind: syncer.Failed, Err: fmt.Errorf("pulling: %w", context.Canceled)}}}},
		"an open session was left alone": {{after: quiet(), events: []syncer.Event{{Kind: syncer.Held, Label: "app", Session: id(1), Title: "Fix it"}},
			want: []string{"What you asked for was not done | app: 'Fix it': open in Claude Code, left alone"}}},
		"a failure of everything, without a look": {{events: []syncer.Event{{Kind: syncer.Failed, Err: errors.New("it is locked")}},
			want: []string{"What you asked for was not done | it is locked"}}},
		"a folder of another project is a question": {{after: quiet(), events: []syncer.Event{{Kind: syncer.Failed, Err: &syncer.OtherProjectError{Cwd: "/code/app", Is: key("app"), Wanted: "name:tool"}}},
			want: []string{"What you asked for was not done | /code/app is " + key("app").Address() + "."}}},
		"many failures are one note": {{after: quiet(), events: []syncer.Event{failure("a", 1, "A", "x"), failure("b", 2, "B", "x"), failure("c", 3, "C", "x"), failure("d", 4, "D", "x")},
			want: []string{"4 things were not done | a: 'A': x"}}},
	}
}

func folderStories() map[string][]look {
	conflict := []string{"app: continued on two machines | " + conflictBody}
	return map[string][]look{
		"the folder is gone, and back": {
			{after: quiet()}, {gone: "sync folder /sync is not available", want: []string{"Sync folder not available | Sync folder /sync is not available"}},
			{gone: "sync folder /sync is not available", later: time.Hour}, {after: quiet(), want: []string{"Sync folder is back | /sync"}}, {after: quiet()}},
		"the folder was away over night": {
			{gone: "x", want: []string{"Sync folder not available | X"}}, {gone: "x", restart: true}, {after: quiet(), restart: true}, {after: quiet()}},
		"a folder that comes and goes is told of once": {
			{after: quiet()}, {gone: "x", want: []string{"Sync folder not available | X"}}, {after: quiet(), want: []string{"Sync folder is back | /sync"}},
			{gone: "x", later: time.Minute}, {after: quiet(), later: time.Minute}, {gone: "x", later: time.Hour, want: []string{"Sync folder not available | X"}}},
		"a look that failed for another reason does not bring the folder back": {
			{after: quiet()}, {gone: "x", want: []string{"Sync folder not available | X"}}, {}, {gone: "x", later: time.Hour}},
		"while the folder is gone nothing else is guessed": {{after: diverged(from("laptop", 1)), want: conflict}, {gone: "x", want: []string{"Sync folder not available | X"}}},
	}
}

func dueStories() map[string][]look {
	return map[string][]look{
		"sessions that are about to be deleted and nobody else has": {
			{after: snap(proj("app", sess(1, syncer.LocalOnly, "Fix it", old(24)))), want: nil},
			{after: snap(proj("app", sess(1, syncer.LocalOnly, "Fix it", old(26)))), want: []string{"Claude Code is about to delete 1 session | 'Fix it': not in the sync folder yet, and within five days gone from here."}},
			{after: snap(proj("app", sess(1, syncer.LocalOnly, "Fix it", old(26)))), restart: true},
			{after: snap(proj("app", sess(1, syncer.LocalOnly, "Fix it", old(26)), sess(2, syncer.Ahead, "More", old(27), from("laptop", 1)))),
				want: []string{"Claude Code is about to delete 2 sessions | 'Fix it', 'More': not in the sync folder yet, and within five days gone from here."}}},
		"what the folder has may be deleted":  {{after: snap(proj("app", sess(1, syncer.Same, "Fix it", old(29), ownPack)))}},
		"what is kept here is a person's own": {{after: snap(localOnly(proj("app", sess(1, syncer.LocalOnly, "Fix it", old(29)))))}},
		"a session without a title has a number": {{after: snap(proj("app", sess(1, syncer.Diverged, "\u200b\n", from("laptop", 1)))),
			want: []string{"app: continued on two machines | session 00000001 was continued on desktop and laptop."}}},
		"names are made harmless": {{after: snap(proj("a\x1b\u202epp", sess(1, syncer.Diverged, "<b>\nx\xff"+strings.Repeat("y", 200), from("lap\ntop", 1)))),
			want: []string{"app: continued on two machines | '<b> xyyyyyyyyyyyyyyy…yyyyyyyyyyyyyyyyyyy' was continued on desktop and lap top."}}},
	}
}

func failure(label string, n int, title, text string) syncer.Event {
	return syncer.Event{Kind: syncer.Failed, Project: key(label), Label: label, Session: id(n), Title: title, Err: errors.New(text)}
}

func TestNothingIsKnownOfRetentionNothingIsSaid(t *testing.T) {
	s := Scene{After: snap(proj("app", sess(1, syncer.LocalOnly, "Fix it", old(400)))), Now: noon()}
	if notes, _ := Decide(Notified{}, s); len(notes) > 0 {
		t.Errorf("got %v, want none", notes)
	}
}

func TestButtonsDoTheThing(t *testing.T) {
	quiet := snap(proj("app"), proj("other"))
	for name, c := range map[string]struct {
		story []look
		want  []Button
	}{
		"conflict": {[]look{{after: snap(proj("app", sess(1, syncer.Diverged, "A", from("laptop", 1), from("mini", 1), from("third", 1))))}}, []Button{
			{"Continue laptop's", command.Command{Verb: command.TakeTheirs, Project: key("app"), Session: id(1), Machine: "laptop"}},
			{"Continue mini's", command.Command{Verb: command.TakeTheirs, Project: key("app"), Session: id(1), Machine: "mini"}},
			{"Continue mine", command.Command{Verb: command.TakeOurs, Project: key("app"), Session: id(1)}}}},
		"conflict of an open session": {[]look{{after: snap(proj("app", sess(1, syncer.Diverged, "A", from("laptop", 1), held)))}}, nil},
		"stale": {[]look{{after: snap(without(proj("app")))}}, []Button{
			{"Locate…", command.Command{Verb: command.Locate, Project: key("app"), Path: "/code/app"}}, {"Forget", command.Command{Verb: command.Forget, Project: key("app")}}}},
		"arrivals of one project": {[]look{{after: quiet}, {after: snap(proj("app", sess(1, syncer.RemoteOnly, "A", from("laptop", 1))))}},
			[]Button{{"Pull", command.Command{Verb: command.Pull, Project: key("app")}}}},
		"arrivals of two": {[]look{{after: quiet}, {after: snap(proj("app", sess(1, syncer.RemoteOnly, "A", from("laptop", 1))), proj("other", sess(2, syncer.RemoteOnly, "B", from("laptop", 1))))}},
			[]Button{{"Pull", command.Command{Verb: command.Pull}}}},
		"arrivals that cannot be pulled now": {[]look{{after: quiet}, {after: snap(proj("app", sess(1, syncer.Behind, "A", from("laptop", 1), held)))}}, nil},
		"due":                                {[]look{{after: snap(proj("app", sess(1, syncer.LocalOnly, "A", old(29))))}}, []Button{{"Push", command.Command{Verb: command.Push, Project: key("app")}}}},
		"a folder of another project": {[]look{{after: quiet, events: []syncer.Event{{Kind: syncer.Failed, Err: &syncer.OtherProjectError{Cwd: "/code/app", Is: key("app"), Wanted: key("tool")}}}}},
			[]Button{{"Join and pull", command.Command{Verb: command.Join, Project: key("tool"), Path: "/code/app"}}, {"Check health…", command.Command{Verb: command.CheckHealth}}}},
		"failure": {[]look{{after: quiet, events: []syncer.Event{failure("app", 1, "A", "x")}}}, []Button{{"Check health…", command.Command{Verb: command.CheckHealth}}}},
		"folder":  {[]look{{gone: "x"}}, []Button{{"Choose another…", command.Command{Verb: command.ChooseFolder}}}},
	} {
		t.Run(name, func(t *testing.T) {
			var notified Notified
			var before *syncer.Snapshot
			var notes []Note
			for _, l := range c.story {
				notes, notified = Decide(notified, Scene{Before: before, After: l.after, Unavailable: l.gone, Events: l.events, Retention: 30 * 24 * time.Hour, Now: noon()})
				before = l.after
			}
			if len(notes) != 1 || !reflect.DeepEqual(notes[0].Buttons, c.want) {
				t.Errorf("got %+v, want one note with %+v", notes, c.want)
			}
			if urgent := name == "due"; len(notes) == 1 && notes[0].Urgent != urgent {
				t.Errorf("urgent: got %v, want %v", notes[0].Urgent, urgent)
			}
		})
	}
}

// Its sessions are in the other checkout.
func TestARemovedWorkTreeIsNoNews(t *testing.T) {
	two := without(proj("app"))
	two.Cwds = append(two.Cwds, syncer.Cwd{Path: "/code/other"})
	if notes, _ := Decide(Notified{}, Scene{After: snap(two), Now: noon()}); len(notes) != 0 {
		t.Errorf("got %+v", notes)
	}
}

func TestAnArrivalSaysWhatElseThereIsToPull(t *testing.T) {
	before := snap(proj("app", sess(1, syncer.RemoteOnly, "A", from("laptop", 1))))
	after := snap(proj("app", sess(1, syncer.RemoteOnly, "A", from("laptop", 1)), sess(2, syncer.RemoteOnly, "B", from("laptop", 1)),
		sess(3, syncer.Behind, "C", from("mini", 1), held)))
	notes, _ := Decide(Notified{}, Scene{Before: before, After: after, Now: noon()})
	want := "'B', 'C'\n1 open in Claude Code here: leave it before you go on.\n2 to pull in all."
	if len(notes) != 1 || notes[0].Body != want || notes[0].Title != "2 sessions from laptop and mini" {
		t.Errorf("got %+v, want the body %q", notes, want)
	}
}

func TestAFailureSaysWhatToDo(t *testing.T) {
	e := syncer.Event{Kind: syncer.Failed, Err: &syncer.NoCheckoutError{Key: key("app")}}
	notes, _ := Decide(Notified{}, Scene{Events: []syncer.Event{e}, Now: noon()})
	if len(notes) != 1 || !strings.Contains(notes[0].Body, "\nClone it, then: claude-sync register") {
		t.Errorf("got %+v, want the hint on a line of its own", notes)
	}
}

// A note has the same ID as the one it replaces, and no other.
func TestANoteReplacesItsOwnKind(t *testing.T) {
	notes := play(t, []look{
		{after: snap(proj("app", sess(1, syncer.Diverged, "A", from("x", 1)), sess(2, syncer.Diverged, "B", from("x", 1)))),
			want: []string{"app: continued on two machines | 'A' was continued on desktop and x.", "app: continued on two machines | 'B' was continued on desktop and x."}},
		{after: snap(proj("app", sess(1, syncer.Diverged, "A", from("x", 2)), sess(2, syncer.Diverged, "B", from("x", 1)))),
			want: []string{"app: continued on two machines | 'A' was continued on desktop and x."}}})
	if notes[0].ID != notes[2].ID || notes[0].ID == notes[1].ID {
		t.Errorf("got the IDs %q, %q, %q, want the first and third equal", notes[0].ID, notes[1].ID, notes[2].ID)
	}
}

func TestATitleThatNobodySeesIsNone(t *testing.T) {
	s := syncer.Session{ID: "00000007-1111-4111-8111-111111111111", Title: "\u3164\u200b"}
	if got := titled(s); got != "session 00000007" {
		t.Errorf("got %q, want the session's number", got)
	}
}
