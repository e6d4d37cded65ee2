package claude

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/stamp"
)

func jsonString(s string) (string, error) {
	b, err := json.Marshal(s)
	return string(b), err
}

func TestTranscriptsAreWhatClaudeCodeLists(t *testing.T) {
	s, cwd := newStore(t)
	dir := projectDir(t, s, cwd)
	row := `{"type":"user"}` + "\n"
	write(t, filepath.Join(dir, string(id2)+".jsonl"), row)
	write(t, filepath.Join(dir, string(id1)+".jsonl"), "")
	when := noon.Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(dir, string(id2)+".jsonl"), when, when); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"foo.jsonl", string(id3) + "-copy.jsonl", string(id3) + " (1).jsonl", string(id3) + ".sync-conflict-1.jsonl",
		string(id3) + ".jsonl.tmp", "." + string(id3) + ".jsonl", string(id3), string(id3) + ".json",
		"AAAAAAAA-2222-4333-8444-555555555555.jsonl", "agent-1.jsonl",
	} {
		write(t, filepath.Join(dir, name), row)
	}
	mkdir(t, filepath.Join(dir, "44444444-2222-4333-8444-555555555555.jsonl"))
	symlink(t, filepath.Join(dir, "foo.jsonl"), filepath.Join(dir, string(id3)+".jsonl"))

	got, err := s.Transcripts(cwd)
	if err != nil || len(got) != 2 {
		t.Fatalf("got %v, %v, want two transcripts", got, err)
	}
	if got[0].ID != id1 || got[0].Size != 0 {
		t.Errorf("empty file: got %+v", got[0])
	}
	want := Transcript{ID: id2, Path: filepath.Join(dir, string(id2)+".jsonl"), Size: int64(len(row))}
	if g := got[1]; g.ID != want.ID || g.Path != want.Path || g.Size != want.Size || !g.ModTime.Equal(when) {
		t.Errorf("got %+v, want %+v of %v", g, want, when)
	}
	if info, err := os.Lstat(want.Path); err != nil || stamp.Of(info).Tag() != got[1].Tag || !stamp.Of(info).Written().Equal(got[1].Written) {
		t.Errorf("got another file's tag or time (%v)", err)
	}
}

func TestNoDirectoryMeansNoSessions(t *testing.T) {
	s, cwd := newStore(t)
	if got, err := s.Transcripts(cwd); err != nil || got != nil {
		t.Errorf("got %v, %v, want nothing", got, err)
	}
}

func TestLinkedProjectDirectoryIsListed(t *testing.T) {
	s, cwd := newStore(t)
	elsewhere := filepath.Join(filepath.Dir(cwd), "sessions")
	write(t, filepath.Join(elsewhere, string(id1)+".jsonl"), "{}\n")
	mkdir(t, s.projects())
	symlink(t, elsewhere, projectDir(t, s, cwd))
	if got, err := s.Transcripts(cwd); err != nil || len(got) != 1 {
		t.Errorf("got %v, %v, want one", got, err)
	}
}

func TestOnlyACanonicalIDBecomesAPath(t *testing.T) {
	s, cwd := newStore(t)
	want := filepath.Join(projectDir(t, s, cwd), string(id1)+".jsonl")
	if got, err := s.TranscriptPath(cwd, id1); err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	for _, id := range []ccsync.SessionID{"", "../../x", "AAAAAAAA-2222-4333-8444-555555555555"} {
		if got, err := s.TranscriptPath(cwd, id); err == nil {
			t.Errorf("%q: got %q, want an error", id, got)
		}
	}
}

// A checkout "a.b" is gone, and "a-b", whose slug is the same, is still there.
func TestLeftAreTheSessionsOfACheckoutThatIsGone(t *testing.T) {
	s, cwd := newStore(t)
	gone, there := filepath.Join(cwd, "a.b"), filepath.Join(cwd, "a-b")
	mkdir(t, there)
	dir := projectDir(t, s, there)
	for id, recorded := range map[ccsync.SessionID]string{id1: gone, id2: there, id3: filepath.Join(cwd, "elsewhere")} {
		text, err := jsonString(recorded)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, string(id)+".jsonl"), `{"type":"user","cwd":`+text+"}\n")
	}
	write(t, filepath.Join(dir, "99999999-2222-4333-8444-555555555555.jsonl"), "")
	var got []ccsync.SessionID
	left, err := s.Left(gone)
	for _, t := range left {
		got = append(got, t.ID)
	}
	if err != nil || !slices.Equal(got, []ccsync.SessionID{id1, id3}) {
		t.Errorf("got %v, %v", got, err)
	}
	if left, err := s.Left(filepath.Join(cwd, "never")); err != nil || len(left) != 0 {
		t.Errorf("of a folder that never was: %v, %v", left, err)
	}
	s.DirName = "all"
	if left, err := s.Left(gone); err != nil || len(left) != 0 {
		t.Errorf("where all folders have the same sessions: %v, %v", left, err)
	}
}
