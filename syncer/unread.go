package syncer

import "errors"

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

// untaken tells of packs that could not be taken, which stops nothing else. One that turned out to be none is
// a stray, as it would be if a look had found that out; that one cannot be read is a failure.
func (s Step) untaken(packs []*packError) []Event {
	var events []Event
	for _, bad := range packs {
		if noPack(bad) {
			events = append(events, Event{Kind: Strayed, Path: Stray{Name: bad.Name}.Shown(), Err: bad.err})
		} else {
			events = append(events, s.failure(bad))
		}
	}
	return events
}
