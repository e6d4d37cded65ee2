package engine

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
)

// hostilePack is a line of testdata/hostile/index.txt, whose program tells what the verdicts mean.
type hostilePack struct{ file, verdict, text string }

const hostileDir = "testdata/hostile"

func hostilePacks(t testing.TB) []hostilePack {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(hostileDir, "index.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var all []hostilePack
	for line := range strings.Lines(string(data)) {
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 3)
		if len(f) != 3 {
			t.Fatalf("index.txt: %q", line)
		}
		all = append(all, hostilePack{f[0], f[1], f[2]})
	}
	return all
}

// hostileWorld is a healthy world on whose laptop one session arrived, then the whole hostile folder, and
// then more that is healthy: a turn of that session, and another session.
func hostileWorld(t *testing.T, all []hostilePack) *world {
	t.Helper()
	w := newWorld(t, filepath.Join(t.TempDir(), "world"), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	w.write(desktop, sessionA, turn("1"))
	w.push(desktop)
	w.pull(laptop)
	for _, p := range all {
		data, err := os.ReadFile(filepath.Join(hostileDir, p.file))
		w.check(err)
		w.put("evil/"+p.file, data)
	}
	w.write(desktop, sessionA, turn("1")+turn("2"))
	w.write(desktop, sessionB, turn("3"))
	w.check(errors.Join(failures(w.push(desktop))...))
	return w
}

// put lays a file into the sync folder.
func (w *world) put(name string, data []byte) {
	w.t.Helper()
	path := filepath.Join(w.sync(), filepath.FromSlash(name))
	w.check(os.MkdirAll(filepath.Dir(path), 0o755))
	w.check(os.WriteFile(path, data, 0o644))
}

func (w *world) sync() string { return filepath.Join(w.dir, "Sync") }

func failures(events []syncer.Event) []error {
	var all []error
	for _, e := range events {
		if e.Kind == syncer.Failed || e.Kind == syncer.Conflicted {
			all = append(all, fmt.Errorf("%+v", e))
		}
	}
	return all
}

// The packs are what their program writes: whoever changes one changes it there.
func TestHostilePacksAreWhatTheirProgramWrites(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("go", "run", "./"+hostileDir, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(append(packFiles(t, dir), packFiles(t, hostileDir)...)))) {
		got, gotErr := os.ReadFile(filepath.Join(hostileDir, name))
		want, wantErr := os.ReadFile(filepath.Join(dir, name))
		if gotErr != nil || wantErr != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes (%v), its program writes %d (%v)", name, len(got), gotErr, len(want), wantErr)
		}
		if len(got) > 100<<10 {
			t.Errorf("%s has %d bytes: let a test make it", name, len(got))
		}
	}
	if n := len(hostilePacks(t)); n < 60 || n != len(packFiles(t, dir))-1 {
		t.Errorf("%d packs in the index, %d files", n, len(packFiles(t, dir)))
	}
}

func packFiles(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".ccsync") || e.Name() == "index.txt" {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestEveryHostilePackIsSeenForWhatItIs(t *testing.T) {
	all := hostilePacks(t)
	w := hostileWorld(t, all)
	s, err := w.machines[1].Look(t.Context())
	w.check(err)
	for _, p := range all {
		t.Run(strings.TrimSuffix(p.file, ".ccsync"), func(t *testing.T) {
			if got := p.in(s); got != "" {
				t.Errorf("got %s, want %s %q", got, p.verdict, p.text)
			}
		})
	}
	nothingElse(t, s, all)
}

// nothingElse holds that a snapshot shows of the hostile folder only what the index tells of.
func nothingElse(t *testing.T, s syncer.Snapshot, all []hostilePack) {
	t.Helper()
	strays, keys, labels := 0, map[string]bool{"name:elsewhere": true}, map[string]bool{}
	for _, p := range all {
		switch p.verdict {
		case "stray", "later":
			strays++
		case "key":
			keys[p.text] = true
		case "label":
			labels[p.text] = true
		}
	}
	if len(s.Strays) != strays || len(s.Waiting) != len(keys) {
		t.Errorf("%d strays, want %d; %d projects wait, want %d", len(s.Strays), strays, len(s.Waiting), len(keys))
	}
	for _, waiting := range s.Waiting {
		for _, machine := range waiting.Machines {
			if waiting.Key == "name:elsewhere" && !labels[machine] {
				t.Errorf("nobody is called %q", machine)
			}
		}
	}
}

// in says what a snapshot has of the pack instead of what it should have, "" when it is right.
func (p hostilePack) in(s syncer.Snapshot) string {
	version, found := versionCalled(s, "evil/"+p.file)
	i := slices.IndexFunc(s.Strays, func(x syncer.Stray) bool { return x.Name == "evil/"+p.file })
	switch p.verdict {
	case "stray", "later":
		if i < 0 || found {
			return fmt.Sprintf("no stray, or a version too (%v)", found)
		}
		if reason := s.Strays[i].Reason.Error(); !strings.Contains(reason, p.text) || s.Strays[i].Later != (p.verdict == "later") {
			return fmt.Sprintf("%q, later %v", reason, s.Strays[i].Later)
		}
		return ""
	}
	switch {
	case i >= 0:
		return fmt.Sprintf("a stray: %v", s.Strays[i].Reason)
	case p.verdict == "label":
		return unlessWaiting(s, func(x syncer.Waiting) bool { return x.Key == "name:elsewhere" && slices.Contains(x.Machines, p.text) })
	case p.verdict == "key":
		return unlessWaiting(s, func(x syncer.Waiting) bool { return string(x.Key) == p.text })
	case !found:
		return "nothing"
	case p.verdict == "taken" && version.State != syncer.RemoteOnly, p.verdict == "version" && version.State != syncer.Ahead:
		return fmt.Sprintf("%+v", version)
	}
	return ""
}

func unlessWaiting(s syncer.Snapshot, is func(syncer.Waiting) bool) string {
	if slices.ContainsFunc(s.Waiting, is) {
		return ""
	}
	return fmt.Sprintf("only these waiting: %+v", s.Waiting)
}

func versionCalled(s syncer.Snapshot, name string) (syncer.Version, bool) {
	for _, p := range s.Projects {
		for _, session := range p.Sessions {
			for _, v := range session.Versions {
				if v.Name == name {
					return v, true
				}
			}
		}
	}
	return syncer.Version{}, false
}

// A hostile folder makes a pull write nothing but what the healthy packs give, and stops none of them.
func TestHostileFolderWritesNothingElsewhereAndStopsNobody(t *testing.T) {
	all := hostilePacks(t)
	w := hostileWorld(t, all)
	laptop := w.machines[1]
	want := w.files(filepath.Dir(w.dir))
	events := w.pull(laptop)
	w.check(errors.Join(failures(events)...))
	want[w.path(laptop, sessionA)] = sum([]byte(turn("1") + turn("2")))
	want[w.path(laptop, sessionB)] = sum([]byte(turn("3")))
	for _, p := range all {
		if p.verdict == "taken" {
			want[w.path(laptop, ccsync.SessionID(p.text))] = sum(transcriptOf(t, filepath.Join(hostileDir, p.file)))
		}
	}
	got := w.files(filepath.Dir(w.dir))
	want[laptop.Installed] = got[laptop.Installed]
	for path := range maps.Keys(got) {
		if _, ok := want[path]; !ok {
			t.Errorf("%s was written", path)
		}
	}
	for path, content := range want {
		if got[path] != content {
			t.Errorf("%s is not what it should be", path)
		}
	}
	if code := syncer.ExitCode(events); code != 3 { // for packs that still arrive or come from a newer claude-sync
		t.Errorf("got exit code %d, want 3", code)
	}
	if again := w.pull(laptop); count(again, syncer.Installed)+count(again, syncer.Updated)+len(failures(again)) > 0 {
		t.Errorf("the next pull: %+v", again)
	}
}

// A push beside hostile packs changes nothing but this machine's own packs.
func TestPushTouchesNoHostilePack(t *testing.T) {
	w := hostileWorld(t, hostilePacks(t))
	laptop := w.machines[1]
	w.pull(laptop)
	want := w.files(w.sync())
	w.write(laptop, sessionA, w.read(laptop, sessionA)+turn("4"))
	events := w.push(laptop)
	w.check(errors.Join(failures(events)...))
	if n := count(events, syncer.Pushed); n != 1 {
		t.Errorf("%d packs were pushed, want 1", n)
	}
	got := w.files(w.sync())
	own := filepath.Join(w.sync(), filepath.FromSlash(laptop.packs().Name(testKey, sessionA)))
	if got[own] == "" {
		t.Errorf("%s was not written", own)
	}
	delete(got, own)
	if !maps.Equal(got, want) {
		t.Error("a push changed a file that is not its own")
	}
}

// files is every file below dir by its path, as a sum of its content.
func (w *world) files(dir string) map[string]string {
	w.t.Helper()
	all := map[string]string{}
	w.check(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !d.Type().IsRegular() {
			if err == nil && !d.IsDir() {
				all[path] = d.Type().String()
			}
			return err
		}
		data, err := os.ReadFile(path)
		all[path] = sum(data)
		return err
	}))
	return all
}

func sum(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }

func transcriptOf(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := ccsync.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(p.Body())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// What people get to see of a hostile folder cannot move their cursor, turn their text or fill their
// screen, and it holds nobody's password.
func TestHostileTextIsCleanWhereverItIsShown(t *testing.T) {
	w := hostileWorld(t, hostilePacks(t))
	laptop := w.machines[1]
	s, err := laptop.Look(t.Context())
	w.check(err)
	for _, stray := range s.Strays {
		showable(t, stray.Name, stray.Reason.Error(), 300)
	}
	for _, waiting := range s.Waiting {
		showable(t, string(waiting.Key), waiting.Label, 80)
		for _, machine := range waiting.Machines {
			showable(t, string(waiting.Key), machine, 40)
		}
	}
	for _, session := range s.Projects[0].Sessions {
		showable(t, string(session.ID), session.Title, 80)
		for _, v := range session.Versions {
			showable(t, v.Name, v.Machine, 40)
		}
	}
	for _, e := range w.pull(laptop) {
		showable(t, "event", e.Label+e.Title+strings.Join(e.From, ""), 400)
		if e.Err != nil {
			showable(t, e.Path, e.Err.Error(), 300)
		}
		if e.Kind == syncer.Installed && e.Path != "" {
			t.Errorf("an event carries the path %q", e.Path)
		}
	}
	if strings.Contains(fmt.Sprintf("%+v", s), "s3cret") {
		t.Error("a password got into the snapshot")
	}
}

// showable holds that a text that comes from a pack may be shown to people.
func showable(t *testing.T, where, text string, limit int) {
	t.Helper()
	if n := utf8.RuneCountInString(text); n > limit || !utf8.ValidString(text) {
		t.Errorf("%s: %d characters, want %d at most, in UTF-8 %v: %.80q", where, n, limit, utf8.ValidString(text), text)
	}
	if strings.Contains(text, "s3cret") {
		t.Errorf("%s: a password is shown: %q", where, text)
	}
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			t.Errorf("%s: %U is shown: %q", where, r, text)
		}
	}
}

// Not even rows that tell of the future make a transcript from there: Claude Code would go on with it for ever.
func TestHostileTimesMakeNoTranscriptOfTheFuture(t *testing.T) {
	w := hostileWorld(t, hostilePacks(t))
	laptop := w.machines[1]
	w.pull(laptop)
	found, err := laptop.Store.Transcripts(w.cwd(laptop))
	w.check(err)
	for _, transcript := range found {
		if transcript.ModTime.After(w.now.Add(time.Minute)) {
			t.Errorf("%s is of %v", transcript.ID, transcript.ModTime)
		}
	}
}
