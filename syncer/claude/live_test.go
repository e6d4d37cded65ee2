package claude

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer/ccsync"
)

// entry is the text of a registry entry as Claude Code 2.1.330 writes it.
func entry(id ccsync.SessionID, start, domain string) string {
	return fmt.Sprintf(`{"pid":7,"sessionId":%q,"cwd":"/home/ana/app","startedAt":%d,"procStart":%q,"version":"2.1.330","peerFeatures":["x"],"kind":"interactive","entrypoint":"cli","pidDomain":%q,"name":"app-94","status":"busy","updatedAt":%d}`,
		id, noon.Add(-2*time.Hour).UnixMilli(), start, domain, noon.Add(-time.Hour).UnixMilli())
}

func (s Store) entryPath(pid int) string {
	return filepath.Join(s.registry(), strconv.Itoa(pid)+".json")
}

func liveIn(t *testing.T, s Store) []Live {
	t.Helper()
	live, err := s.Live()
	if err != nil {
		t.Fatal(err)
	}
	return live
}

// running starts a process and returns its id and its start.
func running(t *testing.T) (int, string) {
	t.Helper()
	pid := child(t, "").Process.Pid
	start, alive := processStart(pid)
	if !alive || start == "" {
		t.Fatalf("a running process: got %q, %v", start, alive)
	}
	return pid, start
}

// deadPID returns the id of a process that has just ended.
func deadPID(t *testing.T) int {
	t.Helper()
	cmd := child(t, "")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	return cmd.Process.Pid
}

func TestOpenSessionIsReportedWithWhatItsProcessSays(t *testing.T) {
	s, _ := newStore(t)
	pid, start := running(t)
	write(t, s.entryPath(pid), entry(id1, start, pidDomain()))
	want := Live{PID: pid, Session: id1, Cwd: "/home/ana/app", Name: "app-94", Status: "busy", Started: noon.Add(-2 * time.Hour)}
	got := liveIn(t, s)
	if len(got) != 1 || !got[0].Started.Equal(want.Started) {
		t.Fatalf("got %+v, want %+v", got, want)
	}
	if want.Started = got[0].Started; got[0] != want {
		t.Errorf("got %+v, want %+v", got[0], want)
	}
}

func TestOnlyTheProcessThatWroteTheEntryHoldsTheSession(t *testing.T) {
	pid, start := running(t)
	dead := deadPID(t)
	ours := pidDomain()
	const foreign = "linux:0123456789abcdef:pid:[4026539999]"
	noStart := strings.Replace(entry(id1, "", ours), `"procStart":"",`, "", 1)
	for _, c := range []struct {
		name, entry string
		pid         int
		want        bool
	}{
		{"alive, same start", entry(id1, start, ours), pid, true},
		{"alive, another start: the id is used again", entry(id1, "12345", ours), pid, false},
		{"alive, no start recorded", noStart, pid, true},
		{"alive, no domain recorded", entry(id1, start, ""), pid, true},
		{"alive, the OS for a domain", entry(id1, start, strings.SplitN(ours, ":", 2)[0]), pid, true},
		{"alive, domain in another case", entry(id1, start, strings.ToUpper(ours)), pid, true},
		{"alive, start in the second notation", strings.Replace(entry(id1, "12345", ours), `"procStart"`, `"procStartFt":"`+start+`","procStart"`, 1), pid, true},
		{"dead", entry(id1, start, ours), dead, false},
		{"dead, no start recorded", noStart, dead, false},
		{"elsewhere, not seen here", entry(id1, "12345", foreign), dead, true},
		{"elsewhere, seen here all the same", entry(id1, start, foreign), pid, true},
		{"no session", strings.Replace(entry(id1, start, ours), "sessionId", "other", 1), pid, false},
		{"no session id", strings.Replace(entry(id1, start, ours), string(id1), "../../etc/passwd", 1), pid, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := newStore(t)
			write(t, s.entryPath(c.pid), c.entry)
			got := liveIn(t, s)
			if len(got) == 1 != c.want {
				t.Errorf("got %+v, want held: %v", got, c.want)
			}
			if len(got) == 1 && got[0].Elsewhere != strings.Contains(c.entry, foreign) {
				t.Errorf("Elsewhere: got %v", got[0].Elsewhere)
			}
		})
	}
}

func TestEntryFromElsewhereIsBelievedForADay(t *testing.T) {
	s, _ := newStore(t)
	write(t, s.entryPath(deadPID(t)), entry(id1, "1", "linux:other:pid:[1]")) // updated an hour before noon
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {22 * time.Hour, 1}, {23 * time.Hour, 0}, {-100 * time.Hour, 1}} {
		s.Now = func() time.Time { return noon.Add(c.after) }
		if got := liveIn(t, s); len(got) != c.want {
			t.Errorf("%v after noon: got %v, want %d", c.after, got, c.want)
		}
	}
}

func TestEntryFromElsewhereWithoutAStartIsNotTakenForAProcessHere(t *testing.T) {
	s, _ := newStore(t)
	pid, _ := running(t)
	write(t, s.entryPath(pid), entry(id1, "", "linux:other:pid:[1]"))
	s.Now = func() time.Time { return noon.Add(23 * time.Hour) }
	if got := liveIn(t, s); len(got) != 0 {
		t.Errorf("got %+v, want nothing open", got)
	}
}

func TestUnreadableEntryMattersOnlyWhereItsProcessLives(t *testing.T) {
	pid, _ := running(t)
	for pid, want := range map[int]bool{pid: true, deadPID(t): false} {
		s, _ := newStore(t)
		write(t, s.entryPath(pid), `{"pidDomain":"linux:other",`)
		s.Wait = func(time.Duration) {
			_ = os.Remove(s.entryPath(pid))
			_ = os.Mkdir(s.entryPath(pid), 0o700)
		}
		got, err := s.Live()
		if len(got) != 0 || (err != nil) != want {
			t.Errorf("process alive %v: got %+v, %v", want, got, err)
		}
	}
}

func TestTornEntryIsReadAgainUntilItIsWhole(t *testing.T) {
	alive, start := running(t)
	const foreign = "linux:other:pid:[1]"
	for _, c := range []struct {
		name, torn, whole string
		pid               int
	}{
		{"here", "{", entry(id2, start, pidDomain()), alive},
		{"elsewhere", `{"pidDomain":"` + foreign + `",`, entry(id2, "1", foreign), deadPID(t)},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := newStore(t)
			write(t, s.entryPath(c.pid), c.torn)
			waits := 0
			s.Wait = func(time.Duration) {
				if waits++; waits == 2 {
					write(t, s.entryPath(c.pid), c.whole)
				}
			}
			if got := liveIn(t, s); len(got) != 1 || got[0].Session != id2 || waits != 2 {
				t.Errorf("got %+v after %d waits, want %v after 2", got, waits, id2)
			}
		})
	}
}

func TestEntryThatVanishesWhileTornIsClosed(t *testing.T) {
	s, _ := newStore(t)
	pid, _ := running(t)
	write(t, s.entryPath(pid), "{")
	s.Wait = func(time.Duration) { _ = os.Remove(s.entryPath(pid)) }
	if got := liveIn(t, s); len(got) != 0 {
		t.Errorf("got %+v, want nothing open", got)
	}
}

func TestTornEntryHoldsEverySessionItNames(t *testing.T) {
	pid, start := running(t)
	dead := deadPID(t)
	ours := pidDomain()
	cut := func(s string) string { return s[:len(s)-10] }
	old, torn := entry(id1, start, ours), entry(id2, start, ours)
	for _, c := range []struct {
		name, entry string
		pid         int
		want        []ccsync.SessionID
	}{
		{"cut off", cut(torn), pid, []ccsync.SessionID{id2}},
		{"cut off early", torn[:60], pid, []ccsync.SessionID{id2}},
		{"the rest of a longer one behind it", torn + old[100:], pid, []ccsync.SessionID{id2}},
		{"half new, half old", torn[:80] + old, pid, []ccsync.SessionID{id1, id2}},
		{"new behind new", torn[:80] + torn, pid, []ccsync.SessionID{id2}},
		{"dead", cut(torn), dead, nil},
		{"the id is used again", cut(strings.Replace(torn, start, "12345", 1)), pid, nil},
		{"half written elsewhere", cut(strings.Replace(torn, ours, "linux:other", 1)), dead, []ccsync.SessionID{id2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := newStore(t)
			write(t, s.entryPath(c.pid), c.entry)
			var got []ccsync.SessionID
			for _, l := range liveIn(t, s) {
				got = append(got, l.Session)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestUnknownSessionOfALiveProcessIsAnErrorBesideTheOthers(t *testing.T) {
	s, _ := newStore(t)
	pid, start := running(t)
	unknown, _ := running(t)
	write(t, s.entryPath(pid), entry(id1, start, pidDomain()))
	write(t, s.entryPath(unknown), "")
	write(t, s.entryPath(deadPID(t)), "")
	waits := 0
	s.Wait = func(time.Duration) { waits++ }
	got, err := s.Live()
	if len(got) != 1 || got[0].Session != id1 {
		t.Errorf("got %+v, want the other one", got)
	}
	if err == nil || !strings.Contains(err.Error(), strconv.Itoa(unknown)) || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v, want one error that names process %d", err, unknown)
	}
	if waits != tornLooks-1 {
		t.Errorf("got %d waits, want %d: none for a dead process", waits, tornLooks-1)
	}
}

func TestOnlyEntriesAreOpenedInTheRegistry(t *testing.T) {
	s, _ := newStore(t)
	pid, start := running(t)
	// Without a start every one of these would count as open if it were read.
	text := strings.Replace(entry(id1, start, pidDomain()), "procStart", "x", 1)
	p := strconv.Itoa(pid)
	for _, name := range []string{p + "." + strings.Repeat("a", 64) + ".key", p, "0" + p + ".json", "+" + p + ".json", p + ".json.tmp", "x.json", "1.json", "-5.json", "99999999999.json"} {
		write(t, filepath.Join(s.registry(), name), text)
	}
	symlink(t, filepath.Join(s.registry(), "x.json"), s.entryPath(pid))
	if got := liveIn(t, s); len(got) != 0 {
		t.Errorf("got %+v, want nothing open", got)
	}
}

func TestStoreWithoutRegistryHasNothingOpen(t *testing.T) {
	s, _ := newStore(t)
	if s.hasRegistry() {
		t.Error("hasRegistry: got true, want false")
	}
	if got := liveIn(t, s); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
	mkdir(t, s.registry())
	if !s.hasRegistry() {
		t.Error("hasRegistry: got false, want true")
	}
}

func TestHeldByTheRegistryElseByAFreshWrite(t *testing.T) {
	with, _ := newStore(t)
	mkdir(t, with.registry())
	without, _ := newStore(t)
	open := []Live{{PID: 7, Session: id2}, {PID: 8, Session: id1}}
	for _, c := range []struct {
		name    string
		s       Store
		live    []Live
		age     time.Duration
		wantPID int
		want    bool
	}{
		{"in the registry", with, open, time.Hour, 8, true},
		{"not in the registry, fresh", with, open[:1], 0, 0, false},
		{"no registry, fresh", without, nil, 14 * time.Second, 0, true},
		{"no registry, at rest", without, nil, 15 * time.Second, 0, false},
		{"no registry, a second ahead", without, nil, -time.Second, 0, true},
		{"no registry, a clock gone wrong", without, nil, -time.Hour, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, held := c.s.Held(Transcript{ID: id1, ModTime: noon.Add(-c.age)}, c.live, noon)
			if held != c.want || got.PID != c.wantPID || held && got.Session != id1 {
				t.Errorf("got %+v, %v, want process %d, %v", got, held, c.wantPID, c.want)
			}
		})
	}
}

func FuzzRecordNeverPanics(f *testing.F) {
	f.Add([]byte(entry(id1, "223738", "linux:x:pid:[1]")))
	f.Add([]byte(`{"startedAt":1e400,"updatedAt":-1,"sessionId":null,"procStart":{}}`))
	f.Add([]byte(`"sessionId":"` + string(id1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		rec, whole := parseRecord(data)
		if !whole {
			rec = scrapeRecord(data)
		}
		for _, l := range rec.live(7) {
			if _, err := ccsync.ParseSessionID(string(l.Session)); err != nil {
				t.Error(err)
			}
		}
		rec.running("1", true, noon)
	})
}
