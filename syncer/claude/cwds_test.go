package claude

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer/ccsync"
)

// recordIn writes a transcript of the rows' working directories, age old.
func recordIn(t *testing.T, dir string, id ccsync.SessionID, age time.Duration, cwds ...string) {
	t.Helper()
	text := ""
	for _, cwd := range cwds {
		quoted, _ := jsonString(cwd)
		text += fmt.Sprintf(`{"type":"user","cwd":%s}`+"\n", quoted)
	}
	path := filepath.Join(dir, string(id)+".jsonl")
	write(t, path, text)
	if err := os.Chtimes(path, noon.Add(-age), noon.Add(-age)); err != nil {
		t.Fatal(err)
	}
}

func TestCwdsAreThoseRecordedWhoseSlugIsTheDirectory(t *testing.T) {
	s, cwd := newStore(t)
	twin, newer := filepath.Join(filepath.Dir(cwd), "my-app"), filepath.Join(filepath.Dir(cwd), "newer")
	dir := filepath.Join(s.projects(), Slug(cwd))
	recordIn(t, dir, id1, 3*time.Hour, "/other/machine", cwd, "relative", "")
	recordIn(t, dir, id2, 2*time.Hour, twin, cwd)
	recordIn(t, filepath.Join(s.projects(), Slug(newer)), id1, time.Hour, newer)
	recordIn(t, filepath.Join(s.projects(), "-elsewhere"), id1, 0, cwd)
	mkdir(t, filepath.Join(s.projects(), "-empty"))
	write(t, filepath.Join(s.projects(), "a-file"), "x")

	got, err := s.Cwds()
	if err != nil {
		t.Fatal(err)
	}
	want := []RecordedCwd{{newer, noon.Add(-time.Hour)}, {twin, noon.Add(-2 * time.Hour)}, {cwd, noon.Add(-2 * time.Hour)}}
	if !slices.EqualFunc(got, want, func(a, b RecordedCwd) bool { return a.Cwd == b.Cwd && a.ModTime.Equal(b.ModTime) }) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCwdsAskTheNewestTranscriptsBothEnds(t *testing.T) {
	s, cwd := newStore(t)
	dir := filepath.Join(s.projects(), Slug(cwd))
	for i := range newestFew {
		recordIn(t, dir, ccsync.SessionID(fmt.Sprintf("%08d-2222-4333-8444-555555555555", i)), time.Duration(i)*time.Hour, "/other/machine")
	}
	recordIn(t, dir, id3, 100*time.Hour, cwd)
	if got, err := s.Cwds(); err != nil || len(got) != 0 {
		t.Errorf("only old ones know it: got %v, %v, want none", got, err)
	}
	quoted, _ := jsonString(cwd)
	write(t, filepath.Join(dir, string(id2)+".jsonl"), `{"cwd":"/other/machine"}`+"\n"+strings.Repeat(`{"type":"assistant"}`+"\n", 12_000)+`{"type":"relocated","relocatedCwd":`+quoted+`}`)
	if got, err := s.Cwds(); err != nil || len(got) != 1 || got[0].Cwd != cwd {
		t.Errorf("in a tail: got %v, %v, want %q", got, err, cwd)
	}
}

func TestCwdsOfANamedDirectoryHaveAnySlug(t *testing.T) {
	s, cwd := newStore(t)
	s.DirName = "mine"
	recordIn(t, filepath.Join(s.projects(), "mine"), id1, 0, cwd)
	if got, err := s.Cwds(); err != nil || len(got) != 1 || got[0].Cwd != cwd {
		t.Errorf("got %v, %v, want %q", got, err, cwd)
	}
}

func TestStoreWithoutProjectsHasNoCwds(t *testing.T) {
	s, _ := newStore(t)
	if got, err := s.Cwds(); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v, want none", got, err)
	}
}
