package scan

import (
	"sync"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/scan/cache"
	"claude-sync/syncer/transcript"
)

// reading is what a scan read of a pack right after its header, while the file was open. So each pack is opened once,
// because in a folder on the network, opening takes longer than reading.
type reading struct {
	compared []comparison // with the transcripts of its session
	whole    bool         // there are none, and the pack was read to its end
	title    string       // known only then
	err      error        // why it cannot be read to its end
}

// comparison is how a transcript relates to a pack, or why that is unknown.
type comparison struct {
	path string // of the transcript
	is   cache.Standing
	err  error
}

// towards returns what was read about the transcript at path, nil if nothing was.
func (r *reading) towards(path string) *comparison {
	if r == nil {
		return nil
	}
	for i := range r.compared {
		if r.compared[i].path == path {
			return &r.compared[i]
		}
	}
	return nil
}

// reader reads packs while a visit has them open. It closes what it has open in the end.
type reader struct {
	*visit
	sessions func() map[ccsync.SessionID]int // where each one is in the project
	home     func() string
	file     *claude.File // of the session whose packs were read last
	path     string
}

func (v *visit) newReader() *reader {
	return &reader{visit: v, home: sync.OnceValue(func() string { return v.project.Home() }),
		sessions: sync.OnceValue(func() map[ccsync.SessionID]int {
			at := make(map[ccsync.SessionID]int, len(v.project.Sessions))
			for i := range v.project.Sessions {
				at[v.project.Sessions[i].ID] = i
			}
			return at
		})}
}

// read reads what the scan is going to need of a pack: how the transcripts of its session relate to it, or what the
// transcript in it says of itself. It leaves out what a pull reads anyway.
func (r *reader) read(pack *foundPack, p *packs.Pack) *reading {
	is := &reading{}
	if i, here := r.sessions()[pack.id]; here {
		s := &r.project.Sessions[i]
		r.compare(is, pack.Version, p, s)
		for k := range s.Copies {
			r.compare(is, pack.Version, p, &s.Copies[k])
		}
		return is
	}
	alone := pack.Version
	alone.State = syncer.RemoteOnly
	if record, broken := r.run.installed(); r.deferred(r.home(), pack.id, []syncer.Version{alone}, record, broken) {
		return is
	}
	is.whole = true
	var said transcript.Description
	said, is.err = p.Describe()
	is.title = said.Title
	return is
}

// compare reads how a transcript relates to the pack.
func (r *reader) compare(into *reading, v syncer.Version, p *packs.Pack, s *syncer.Session) {
	if s.Problem != nil || s.Path == "" || r.run.Pull != nil && r.run.Pull.MayUpdate(r.project, *s, v) {
		return
	}
	if r.path != s.Path {
		r.close()
		file, err := claude.OpenFile(s.Path, s.Open)
		if err != nil {
			return // relate says why
		}
		r.file, r.path = file, s.Path
	}
	c, base, err := p.Relate(r.file.Whole())
	is := cache.Standing{Relation: c.Relation, Rewritten: c.Rewritten, Base: base}
	into.compared = append(into.compared, comparison{s.Path, is, err})
}

func (r *reader) close() {
	r.file.Close()
	r.file, r.path = nil, ""
}
