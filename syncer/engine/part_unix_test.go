//go:build unix

package engine

import (
	"os"
	"path/filepath"
	"testing"
)

// Windows says of a file that stands where a folder should be that there is none.
func TestGlanceHasWhatCannotBeRead(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	path, err := m.Store.TranscriptPath(w.second(m), sessionA)
	w.check(err)
	w.check(os.MkdirAll(filepath.Dir(filepath.Dir(path)), 0o700))
	w.check(os.WriteFile(filepath.Dir(path), nil, 0o600)) // a file where a folder should be
	w.putFile(otherKey.Dir()+"/x.ccsync", packOf(t, otherKey, "laptop", turn("1")))
	s, err := m.LookBrief(t.Context(), 0)
	w.check(err)
	if got := s.Projects[1].Sessions; len(got) != 2 || got[1].Problem == nil {
		t.Errorf("got %+v", got)
	}
}
