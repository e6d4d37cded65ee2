package syncer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/atomicfile"
	"claude-sync/syncer/internal/rows"

	"github.com/google/uuid"
)

// resolve ends a divergence: the session goes on with the winner's branch, and each other branch becomes
// a fork. Every stage leaves the transcript whole and the forks before the merge that needs them, so a
// resolve that was stopped is simply begun again.
func (m *Machine) resolve(ctx context.Context, s Step, measure io.Writer) ([]Event, error) {
	var events []Event
	versions := longestFirst(s.Session.Versions)
	// The branch that is to win is taken first, so that all others lose against it.
	slices.SortStableFunc(versions, func(a, b Version) int {
		return boolInt(b.Machine == s.Winner) - boolInt(a.Machine == s.Winner)
	})
	for _, v := range versions {
		winner := OurSide
		if s.Winner != "" && v.Machine == s.Winner {
			winner = TheirSide
		}
		forked, err := m.settle(ctx, s, v, winner, measure)
		for _, e := range forked {
			again := func(other Event) bool { return other.Session == e.Session } // a copy of the same pack
			if !slices.ContainsFunc(events, again) {
				events = append(events, e)
			}
		}
		if err != nil {
			return events, err
		}
	}
	return append(events, s.event(Resolved)), nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// settle brings one pack into the transcript; where they diverge the loser is kept as a fork first.
func (m *Machine) settle(ctx context.Context, s Step, v Version, winner Side, measure io.Writer) ([]Event, error) {
	pack, content, err := m.openPack(ctx, v.Name)
	if err != nil {
		return nil, fmt.Errorf("pack from %s: %w", v.Machine, err)
	}
	defer content.Close()
	t, err := openTranscript(s.Session.Path, false)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	c, err := Relate(t.all(), pack)
	if err != nil {
		return nil, err
	}
	var events []Event
	if c.Relation == Diverged {
		// A held session is noticed before the fork is written, not after.
		if err := m.notHeld(t); err != nil {
			return nil, err
		}
		loser := branch{Source: t.all(), Branch: c.Ours, machine: m.Name}
		if winner == OurSide {
			loser = branch{Source: pack, Branch: c.Theirs, machine: v.Machine}
		}
		if events, err = m.fork(s, loser); err != nil {
			return nil, err
		}
	}
	t.Close() // take opens it anew, and Windows replaces no file that anybody has open
	got, err := m.take(ctx, s, v, &winner, measure)
	return append(events, got.forks...), err
}

// branch is a transcript that loses.
type branch struct {
	Source
	Branch
	machine string
}

// forkID is the same on every machine that resolves the same divergence: UUID version 5 of the session
// and the branch's tip. (Not its first row: where a third machine's branch was merged in before, two
// different branches have the same first row.)
func forkID(session ccsync.SessionID, tip string) (ccsync.SessionID, error) {
	space, err := uuid.Parse(string(session))
	if err != nil {
		return "", err
	}
	return ccsync.SessionID(uuid.NewSHA1(space, []byte(tip)).String()), nil
}

// fork keeps a losing branch as a session of its own beside the transcript: its turns, the tip last, under a
// new session id, and a title that names the machine. Claude Code lists and resumes it like any other; a
// file called <id>-copy.jsonl it would neither list nor resume.
//
// Turns that the loser holds behind its tip are no news to the winner: where the loser was merged before, they are
// another branch, which Claude Code would go on with, but for those that the tip goes on from. The others, and
// metadata there, are left to the merge with the winner, which has to come next. No fork is made, and nothing told,
// where all that is new is what turns that both have go on from.
func (m *Machine) fork(s Step, b branch) ([]Event, error) {
	l, err := b.lineage()
	if err != nil || l.tip == "" {
		return nil, err
	}
	d, err := describe(b.Source)
	if err != nil {
		return nil, err
	}
	e := s.event(Forked)
	e.Title, e.From = forkTitle(d.Title, b.machine), []string{b.machine}
	for range forkNames {
		if e.Session, err = forkID(e.Session, l.tip); err != nil {
			return nil, err
		}
		if kept, err := m.forkAs(s, b, l, e); kept || err != nil {
			return []Event{e}, err
		}
	}
	return nil, fmt.Errorf("other sessions stand under all of the %d names that its fork may have", forkNames)
}

// forkNames is how many names a fork may have, each the fork of the one before: for what Claude Code makes anew
// under the first one. Whoever can write into the sync folder could take any number, and each is compared.
const forkNames = 8

// forkAs makes the fork that e tells of; false when another conversation stands under its name.
func (m *Machine) forkAs(s Step, b branch, l lineage, e Event) (bool, error) {
	t, err := m.openHere(filepath.Join(filepath.Dir(s.Session.Path), string(e.Session)+".jsonl"))
	if err != nil {
		return false, err
	}
	defer t.Close()
	f, err := atomicfile.Create(t.path, 0o600)
	if err != nil {
		return false, err
	}
	defer f.Discard()
	if err := renamed(f, b, l, s.Session.ID, e.Session, e.Title); err != nil {
		return false, err
	}
	if t.file != nil {
		return m.joinFork(t, f)
	}
	arrival, err := m.arrival(f, m.now())
	if err != nil {
		return false, err
	}
	return true, f.Commit(arrival, t.unchanged)
}

// joinFork meets what stands under the name of a fork, f, already. When it has all of the branch, it is left as
// it is: somebody may have gone on with it. When it is a part of that, it gets the rest. It is false when neither
// has all of the other: Claude Code made the file anew, or somebody planted it.
func (m *Machine) joinFork(t *transcript, f *atomicfile.File) (bool, error) {
	size, err := f.Size()
	if err != nil {
		return false, err
	}
	fresh := Local{f, size}
	c, err := Relate(t.all(), fresh)
	if err != nil || c.Relation == Diverged {
		return false, err
	}
	if c.Relation == Behind && (c.byBytes || c.Theirs.New > 0) {
		_, err = m.writeTranscript(t, m.now(), func(w io.Writer) error { return Merge(w, t.all(), fresh, c, OurSide) })
	}
	return true, err
}

// isFork reports whether the session at path was made by fork from another one: its id says of which, and
// by which row.
func isFork(path string, id, of ccsync.SessionID) (bool, error) {
	const version = 14 // where a UUID says how it was made; Claude Code's are random
	if len(id) <= version || id[version] != '5' {
		return false, nil
	}
	t, err := openTranscript(path, false)
	if err != nil {
		return false, err
	}
	defer t.Close()
	s := rows.NewScanner(t.whole().Open(), "uuid")
	for s.Next() {
		row := s.Row()
		if row.Value != "" && named(id, of, row.Value) || named(id, of, bySum(row)) {
			return true, nil
		}
	}
	return false, s.Err()
}

// named reports whether id is one of the names that a fork with this tip may have.
func named(id, of ccsync.SessionID, tip string) bool {
	for range forkNames {
		made, err := forkID(of, tip)
		if err != nil || made == id {
			return err == nil
		}
		of = made
	}
	return false
}

// renamed writes a branch under another session id and with another title. It reads the source to its end,
// where a pack shows that it is whole.
func renamed(w io.Writer, b branch, l lineage, from, to ccsync.SessionID, title string) error {
	end := newlineEnd{w: w}
	r := rows.NewRewriter(&end, string(from), string(to), "sessionId", "session_id")
	first := b.Rows[0].Offset
	if _, err := io.CopyN(r, b.Open(), first); err != nil {
		return unexpected(err)
	}
	if err := copyRows(r, b.Open(), l.behind, true); err != nil {
		return err
	}
	rest := b.Open()
	if _, err := io.CopyN(io.Discard, rest, first); err != nil {
		return unexpected(err)
	}
	if _, err := io.CopyN(r, rest, l.end-first); err != nil {
		return unexpected(err)
	}
	if err := r.Close(); err != nil {
		return err
	}
	if err := end.separate(); err != nil {
		return err
	}
	row, err := titleRow(to, title)
	if err != nil {
		return err
	}
	_, err = end.Write(row)
	return err
}

// lineage is what a branch's fork is made of.
type lineage struct {
	tip    string     // the last of its own turns from which none goes on; "" when there is none
	end    int64      // where the tip's row ends, or the metadata behind it, up to the next turn
	behind []rows.Row // turns behind the end that the tip goes on from
}

// lineage reads which turn goes on from which. Nothing else reads parentUuid, as nothing else depends on it: a merge
// puts the loser's news before the winner's rows, also those that both had, and so a child before its parent.
func (b branch) lineage() (l lineage, err error) {
	at := map[int64]string{}
	for _, row := range b.Rows {
		at[row.Offset] = row.Value
	}
	parents, goesOn := map[string]string{}, map[string]bool{}
	s := rows.NewScanner(b.Open(), "parentUuid")
	for s.Next() {
		row := s.Row()
		goesOn[row.Value] = true
		if id := at[row.Offset]; id != "" {
			parents[id] = row.Value
		}
	}
	tipped := false
	for _, row := range b.Rows {
		if name := b.id(row); name != "" {
			if tipped = b.own[name] && !goesOn[name]; tipped {
				l.tip = name
			}
		}
		if tipped {
			l.end = row.Offset + row.Size
		}
	}
	shown := map[string]bool{}
	for id := l.tip; id != "" && !shown[id]; id = parents[id] {
		shown[id] = true
	}
	l.behind = slices.DeleteFunc(slices.Clone(b.Rows), func(row rows.Row) bool { return row.Offset < l.end || !shown[row.Value] })
	return l, s.Err()
}

// titleRow is the row by which Claude Code names a session.
func titleRow(id ccsync.SessionID, title string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(struct {
		Type  string           `json:"type"`
		Title string           `json:"customTitle"`
		ID    ccsync.SessionID `json:"sessionId"`
	}{"custom-title", title, id})
	return b.Bytes(), err
}

// forkTitle names the machine after the title, once.
func forkTitle(title, machine string) string {
	suffix := " (" + label(machine) + ")"
	if title == "" {
		title = "Session"
	}
	if strings.HasSuffix(title, suffix) {
		return title
	}
	return title + suffix
}

// describe reads the title of any source: its first and last 64 KB, as Claude Code does.
func describe(source Source) (claude.Description, error) {
	if l, ok := source.(Local); ok {
		return claude.DescribeReader(l, l.Size)
	}
	var ends claude.Ends
	_, err := io.Copy(&ends, source.Open())
	return ends.Describe(), err
}

// longestFirst orders packs so that the one with most rows is taken first, the same way on every machine.
func longestFirst(versions []Version) []Version {
	sorted := slices.Clone(versions)
	slices.SortFunc(sorted, func(a, b Version) int {
		if a.Lines != b.Lines {
			return int(max(-1, min(1, b.Lines-a.Lines)))
		}
		return strings.Compare(a.Name, b.Name)
	})
	return sorted
}

// sessionOf reads the session id off a transcript's path.
func sessionOf(path string) (ccsync.SessionID, error) {
	return ccsync.ParseSessionID(strings.TrimSuffix(filepath.Base(path), ".jsonl"))
}
