package transcript

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"strings"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/rows"
	"claude-sync/syncer/words"

	"github.com/google/uuid"
)

// Branch is a transcript that loses against another one.
type Branch struct {
	Source
	Side           // as Relate found it
	Machine string // that wrote it
}

// Fork is a losing branch as a session of its own. Claude Code lists and resumes it like any other session; a
// file called <id>-copy.jsonl, as the upstream tool makes it, it neither lists nor resumes.
type Fork struct {
	Title string // the session's, with the machine's name; Write finds it

	branch Branch
	// tip is the last of the branch's own turns from which no other turn goes on.
	tip string
	// end is where the fork ends: behind the tip's row, and the metadata and other rows of the tip's that follow it.
	end int64
	// ancestors are those of the tip that stand behind end.
	ancestors []rows.Row
}

// Fork returns the branch as a session of its own, nil if there is no branch to keep: if every new turn is an
// ancestor of a turn that both sides have.
//
// The fork ends at the branch's tip and the rows other than turns that follow it. Later turns are left out, because after an earlier merge they belong to the
// other branch, except the tip's ancestors, which stay wherever they stand. The merge with the winner, which has
// to come next, keeps everything that the fork leaves out.
func (b Branch) Fork() (*Fork, error) {
	f := &Fork{branch: b}
	continued, parents, err := b.family()
	if err != nil {
		return nil, err
	}
	tipped := false
	tail := map[string]bool{} // the tip, and the rows other than turns that go on from it
	for _, row := range b.Rows {
		switch name := b.identify(row); {
		case name == "":
		case b.isAside(name):
			tipped = tipped && tail[parents[name]]
			tail[name] = tipped
		default:
			if tipped = b.isNew(name) && !continued[name]; tipped {
				f.tip, tail = name, map[string]bool{name: true}
			}
		}
		if tipped {
			f.end = row.Offset + row.Size
		}
	}
	if f.tip == "" {
		return nil, nil
	}
	line := map[string]bool{}
	for id := f.tip; id != "" && !line[id]; id = parents[id] {
		line[id] = true
	}
	for _, row := range b.Rows {
		if row.Offset >= f.end && line[row.Value] {
			f.ancestors = append(f.ancestors, row)
		}
	}
	return f, nil
}

// family tells from which turns another turn goes on, over whatever rows lie between them, and every row's parent. It
// knows all rows before it decides, because a merge puts the loser's news before the winner's rows, also before those
// that both had, and so a child before its parent. Of the source it reads the part before b.Rows.
func (b Branch) family() (continued map[string]bool, parents map[string]string, err error) {
	parents = map[string]string{}
	asides := map[string]bool{} // before b.Rows
	var goOn []string           // the parents of turns
	s := newRowReader(io.LimitReader(b.Open(), b.start()))
	for s.Next() {
		id := s.Row().Value
		if id == "" {
			continue
		}
		parents[id] = s.parent()
		if !s.isTurn() {
			asides[id] = true
		} else {
			goOn = append(goOn, s.parent())
		}
	}
	for i, row := range b.Rows {
		if row.Value == "" {
			continue
		}
		parents[row.Value] = b.parents[i]
		if !b.isAside(row.Value) {
			goOn = append(goOn, b.parents[i])
		}
	}
	continued = map[string]bool{}
	for _, id := range goOn {
		for ; id != "" && !continued[id]; id = parents[id] {
			if continued[id] = true; !asides[id] && !b.isAside(id) {
				break
			}
		}
	}
	return continued, parents, s.Err()
}

// start is where the branch's own rows begin, behind the rows that both sides have.
func (b Branch) start() int64 {
	if len(b.Rows) == 0 {
		return 0
	}
	return b.Rows[0].Offset
}

// forkIDs is how many ids a fork may have, each the fork of the one before: another conversation may stand under
// the first, which Claude Code made anew. Whoever can write into the sync folder could take any number, and each
// costs a comparison.
const forkIDs = 8

// IDs yields the ids that the fork of a session may have, the usual one first.
func (f *Fork) IDs(session ccsync.SessionID) iter.Seq[ccsync.SessionID] { return idsOf(session, f.tip) }

func idsOf(session ccsync.SessionID, tip string) iter.Seq[ccsync.SessionID] {
	return func(yield func(ccsync.SessionID) bool) {
		for range forkIDs {
			id, err := forkID(session, tip)
			if err != nil || !yield(id) {
				return
			}
			session = id
		}
	}
}

// forkID is UUID version 5 of the session and the branch's tip: the same on every machine that resolves the same
// divergence. (The branch's first row would not do: if a third machine's branch was merged in before, two
// different branches have the same first row.)
func forkID(session ccsync.SessionID, tip string) (ccsync.SessionID, error) {
	space, err := uuid.Parse(string(session))
	if err != nil {
		return "", err
	}
	return ccsync.SessionID(uuid.NewSHA1(space, []byte(tip)).String()), nil
}

// IsFork reports whether the session with this id and transcript is a fork of another session. The id tells:
// it is made of that session's id and of one of the rows.
func IsFork(source Source, id, of ccsync.SessionID) (bool, error) {
	const version = 14 // where a UUID says how it was made; Claude Code's own are random
	if len(id) <= version || id[version] != '5' {
		return false, nil
	}
	s := rows.NewScanner(source.Open(), "uuid")
	for s.Next() {
		tip := s.Row().Value
		if tip == "" {
			tip = bySum(s.Row())
		}
		for name := range idsOf(of, tip) {
			if name == id {
				return true, nil
			}
		}
	}
	return false, s.Err()
}

// Write writes the fork of session from under the id to: the branch up to the fork's end, with the id replaced in
// every row, and a row with the fork's title, which it sets. It reads the source once, to the end, where a pack shows
// that it is whole; and once more if ancestors of the tip stand behind the fork's end.
func (f *Fork) Write(w io.Writer, from, to ccsync.SessionID) error {
	end := newlineEnd{w: w}
	r := rows.NewRewriter(&end, string(from), string(to), "sessionId", "session_id")
	var ends Ends
	source, start := io.TeeReader(f.branch.Open(), &ends), f.branch.start()
	if _, err := io.CopyN(r, source, start); err != nil {
		return unexpected(err)
	}
	if len(f.ancestors) > 0 {
		if err := copyRows(r, f.branch.Open(), selection{rows: f.ancestors}, true); err != nil {
			return err
		}
	}
	if _, err := io.CopyN(r, source, f.end-start); err != nil {
		return unexpected(err)
	}
	if _, err := io.Copy(io.Discard, source); err != nil {
		return err
	}
	if err := r.Close(); err != nil {
		return err
	}
	if err := end.separate(); err != nil {
		return err
	}
	f.Title = forkTitle(ends.Describe().Title, f.branch.Machine)
	row, err := titleRow(to, f.Title)
	if err != nil {
		return err
	}
	_, err = end.Write(row)
	return err
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

// forkTitle adds the machine to the title, once.
func forkTitle(title, machine string) string {
	suffix := " (" + words.Machine(machine) + ")"
	if title == "" {
		title = "Session"
	}
	if strings.HasSuffix(title, suffix) {
		return title
	}
	return title + suffix
}
