package scan

import (
	"maps"
	"slices"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/transport"
	"claude-sync/syncer/words"
)

// tornPack is a file with the name of our own pack of a session, of which not even the header can be read.
type tornPack struct {
	file transport.File
	err  error
	used bool // its session is here
}

// addTorn files a file whose header cannot be read as a stray, unless it has the name of our own pack of a session.
func (v *visit) addTorn(f transport.File, err error) {
	id, own := v.ownOf(f.Name)
	if !own {
		v.addStray(f.Name, err)
		return
	}
	if v.torn == nil {
		v.torn = map[ccsync.SessionID]*tornPack{}
	}
	v.torn[id] = &tornPack{file: f, err: err}
}

// ownOf returns the session of which a push of this project writes the pack called name.
func (v *visit) ownOf(name string) (ccsync.SessionID, bool) {
	if v.key == "" {
		return "", false
	}
	is := v.packKey(string(v.key))
	rest, begins := strings.CutPrefix(name, is.before)
	text, ends := strings.CutSuffix(rest, is.after)
	id, err := ccsync.ParseSessionID(text)
	return id, begins && ends && err == nil
}

// relateTorn adds our own pack of which not even the header can be read to its session.
func (v *visit) relateTorn(s *syncer.Session) {
	torn := v.torn[s.ID]
	if torn == nil {
		return
	}
	to := syncer.Version{Name: torn.file.Name, Machine: words.Machine(v.run.Packs.Machine), Size: torn.file.Size, Exported: torn.file.ModTime}
	torn.used = v.addDamaged(s, to, torn.err) || torn.used
}

// addDamaged adds our own pack of a session as a damaged version, and as a stray that says so. It reports false if a
// push of the session would not mend it: then the file is a stray like any other.
func (v *visit) addDamaged(s *syncer.Session, to syncer.Version, err error) bool {
	id, own := v.ownOf(to.Name)
	damage := v.run.Packs.Damage(to.Size, err)
	if !own || id != s.ID || damage == nil || s.Path == "" || s.Empty || s.Problem != nil || v.project.LocalOnly {
		return false
	}
	to.Own, to.Damaged, to.State = true, true, syncer.Ahead
	s.Versions = append(s.Versions, to)
	v.addStray(to.Name, damage)
	return true
}

// addRestTorn adds those that no push would mend, because their sessions are not here.
func (v *visit) addRestTorn() {
	for _, id := range slices.Sorted(maps.Keys(v.torn)) {
		if torn := v.torn[id]; !torn.used {
			v.addStray(torn.file.Name, torn.err)
		}
	}
}
