package syncer

import (
	"context"
	"errors"
	"io"
	"slices"
)

// errPutOff says that a pack was not compared with the transcript that is here.
var errPutOff = errors.New("put off")

// putsOff reports whether comparing a pack with the transcript that is here is left to the pull that the
// look is for. That compares them anyway before it writes, and a long one would be read twice. Until then
// the session counts as behind, so that the pull comes to it.
//
// Where more depends on the relation than whether to take the pack, it is found out now: of a session that
// is open in Claude Code, and of one that is to go on with theirs if it turns out to be diverged.
func (l *look) putsOff(p *Project, s *Session, v Version) bool {
	return l.pull != nil && !l.pull.Overwrite && !p.LocalOnly && l.pull.takes(*p, *s) && s.Held == nil && s.Path != "" && !v.Own
}

// takeGood is takeAll for packs that nobody may have read to their ends yet. One that turns out to be none
// is a stray, as it would be if a look had found that out, and stops nothing.
func (m *Machine) takeGood(ctx context.Context, s Step, measure io.Writer) (taken, []Event, error) {
	var all taken
	var strays []Event
	for len(s.Session.Versions) > 0 {
		got, err := m.takeAll(ctx, s, measure)
		all = taken{changed: all.changed || got.changed, from: append(all.from, got.from...), diverged: got.diverged, forks: append(all.forks, got.forks...)}
		var bad *packError
		if !errors.As(err, &bad) || !bad.broken() {
			return all, strays, err
		}
		strays = append(strays, Event{Kind: Strayed, Path: Stray{Name: bad.Name}.Shown(), Err: bad.err})
		s.Session.Versions = slices.DeleteFunc(slices.Clone(s.Session.Versions), func(v Version) bool { return v.Name == bad.Name })
	}
	return all, strays, nil
}
