package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/internal/fingerprint"
)

const secret = "sk-SECRET"

// typed is a turn with a text, which may be rewritten.
func typed(id, text string) string {
	return fmt.Sprintf(`{"type":"user","uuid":%q,"text":%q}`, id, text) + "\n"
}

// local is a row that Claude Code writes for a command like /rename.
func local(parent, id string) string {
	return fmt.Sprintf(`{"type":"system","parentUuid":%q,"uuid":%q}`, parent, id) + "\n"
}

// ownPack is the transcript in a machine's pack of session A.
func (w *world) ownPack(m *Machine) string { return w.unpack(m, m.packs().Name(testKey, sessionA)) }

// still holds that nobody has anything to do, twice over.
func (w *world) still(when string) {
	w.t.Helper()
	for range 2 {
		for _, m := range w.machines {
			if events := append(w.pull(m), w.push(m)...); len(events) > 0 {
				w.t.Fatal(fmt.Sprintf("%s, %s still does %+v", when, m.Name, events))
			}
		}
	}
}

// A person blacks out a secret: it must not come back out of this machine's own pack, and the pack must not keep it.
func TestWhatWasBlackedOutStaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		before string // the desktop's transcript
		gone   string // what the desktop's transcript lost besides
	}{
		"the only row":  {typed("1", secret), ""},
		"the first row": {typed("1", secret) + turn("2"), ""},
		"every row":     {typed("1", secret) + typed("2", secret), ""},
		"a lost row":    {typed("1", secret) + turn("2") + glance("a"), turn("2")},
		"lost metadata": {typed("1", secret) + glance("a") + turn("2"), glance("a")},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop", "laptop")
			desktop, laptop := w.machines[0], w.machines[1]
			w.write(desktop, sessionA, c.before)
			w.push(desktop)
			w.pull(laptop)
			black := strings.NewReplacer(secret, "X").Replace
			now := strings.Replace(black(c.before), c.gone, "", 1)
			w.write(desktop, sessionA, now)
			pulled := w.pull(desktop)
			if got := w.read(desktop, sessionA); strings.Contains(got, secret) || (len(pulled) > 0) != (c.gone != "") {
				t.Fatalf("a pull wrote %q: %+v", got, pulled)
			}
			if events := w.push(desktop); count(events, syncer.Pushed) != 1 || len(events) != 1 {
				t.Errorf("pushed: %+v", events)
			}
			got := w.ownPack(desktop)
			if rowsOf(got) != rowsOf(black(c.before)) || got != w.read(desktop, sessionA) {
				t.Errorf("the pack is %q, the transcript %q", got, w.read(desktop, sessionA))
			}
			if got := w.read(laptop, sessionA); got != c.before {
				t.Errorf("the laptop's is %q", got)
			}
			w.still("afterwards")
		})
	}
}

// A row without a uuid is its bytes, so a rewritten one is another one. The help says so.
func TestRewrittenMetadataIsAnotherRow(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop")
	m := w.machines[0]
	text := func(prompt string) string {
		return typed("1", prompt) + fmt.Sprintf(`{"type":"last-prompt","lastPrompt":%q}`, prompt) + "\n"
	}
	w.write(m, sessionA, text(secret))
	w.push(m)
	w.write(m, sessionA, text("X"))
	w.pull(m)
	if got := w.read(m, sessionA); strings.Count(got, secret) != 1 || strings.Count(got, "\n") != 3 {
		t.Errorf("got %q", got)
	}
}

// Another machine's pack has every row, so there is nothing to send; but this machine's own pack follows. The ends of
// the transcript may say that it has only grown: a new file can get the number of one that is gone.
func TestOwnPackFollowsAlsoIfAnotherHasEveryRow(t *testing.T) {
	fingerprint.TestMinSize = 1
	t.Cleanup(func() { fingerprint.TestMinSize = 0 })
	middle := strings.Repeat(glance("and so on"), 8_000) // longer than the ends
	text := func(second string) string { return turn("1") + middle + typed("2", second) + middle }
	for _, inPlace := range []bool{false, true} {
		w := newWorld(t, t.TempDir(), "desktop", "laptop")
		w.remembering()
		desktop, laptop := w.machines[0], w.machines[1]
		w.write(desktop, sessionA, text(secret))
		w.push(desktop)
		w.looked(desktop)
		w.pull(laptop)
		w.appendTo(laptop, sessionA, turn("3"))
		w.push(laptop)
		black := text(strings.Repeat("X", len(secret)))
		if inPlace {
			w.write(desktop, sessionA, black+turn("3"))
		} else {
			w.write(desktop, sessionA, black)
			w.pull(desktop)
		}
		if s := w.looked(desktop).Projects[0].Sessions[0]; s.State != syncer.Ahead || !s.Unsent() {
			t.Errorf("the session is %v", s.State)
		}
		w.push(desktop)
		if got := w.ownPack(desktop); strings.Contains(got, secret) || got != w.read(desktop, sessionA) || !strings.HasSuffix(got, turn("3")) {
			t.Errorf("in place %v: the pack has %d bytes, the transcript %d", inPlace, len(got), len(w.read(desktop, sessionA)))
		}
		w.still("afterwards")
	}
}

// Two checkouts may hold one session, and a person may rewrite a row in one of them. The pack follows the transcript
// that was written last, and does not go to and fro.
func TestCopiesKeepTheirOwnBytes(t *testing.T) {
	for _, newer := range []string{"one that was rewritten", "other"} {
		w := newWorld(t, t.TempDir(), "desktop", "laptop")
		m := w.machines[0]
		second := filepath.Join(w.dir, "desktop", "second")
		w.check(os.MkdirAll(second, 0o755))
		w.attach(m, testKey, second)
		path, err := m.Store.TranscriptPath(second, sessionA)
		w.check(err)
		w.check(os.MkdirAll(filepath.Dir(path), 0o755))
		w.write(m, sessionA, typed("1", "X")+turn("2"))
		w.check(os.WriteFile(path, []byte(typed("1", secret)+turn("2")), 0o600))
		last := path
		want := secret
		if newer != "other" {
			last, want = w.path(m, sessionA), "X"
		}
		w.check(os.Chtimes(last, w.now, w.now.Add(time.Hour)))
		for range 3 {
			w.push(m)
		}
		w.pull(w.machines[1])
		w.still("when the newer is the " + newer)
		if got := w.ownPack(m); got != typed("1", want)+turn("2") {
			t.Errorf("the newer is the %s: the pack is %q", newer, got)
		}
	}
}

// Two people may each rewrite a row, or two machines the paths in it. Nobody is asked, and nothing goes to and fro.
func TestEachMachineKeepsItsOwnBytes(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	text := func(one, two string) string { return typed("1", one) + glance("a") + typed("2", two) }
	w.write(desktop, sessionA, text("", ""))
	w.push(desktop)
	w.pull(laptop)
	w.write(desktop, sessionA, text("desktop's", "desktop's"))
	w.write(laptop, sessionA, text("", "laptop's"))
	w.push(laptop)
	w.push(desktop)
	w.still("after both were rewritten")
	w.appendTo(laptop, sessionA, turn("3"))
	w.push(laptop)
	if events := w.pull(desktop); count(events, syncer.Updated) != 1 || len(events) != 1 {
		t.Errorf("pulled: %+v", events)
	}
	if got, want := w.read(desktop, sessionA), text("desktop's", "desktop's")+turn("3"); got != want {
		t.Errorf("the desktop's is %q, want %q", got, want)
	}
	if got, want := w.read(laptop, sessionA), text("", "laptop's")+turn("3"); got != want {
		t.Errorf("the laptop's is %q, want %q", got, want)
	}
	w.push(desktop)
	w.still("in the end")
}

// Somebody types /rename here and goes on there.
func TestACommandIsNoConflictWithATurn(t *testing.T) {
	base := turn("1")
	for name, here := range map[string]string{
		"/rename":           local("1", "s") + `{"type":"custom-title","customTitle":"mine"}` + "\n",
		"/effort":           `{"type":"user","parentUuid":"1","uuid":"s","rowSource":"local","message":{"content":"<command-name>/effort"}}` + "\n",
		"/model and a look": local("1", "s") + glance("b"),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir(), "desktop", "laptop")
			desktop, laptop := w.machines[0], w.machines[1]
			w.write(desktop, sessionA, base)
			w.push(desktop)
			w.pull(laptop)
			w.appendTo(desktop, sessionA, here)
			w.appendTo(laptop, sessionA, after("1", "2"))
			w.push(laptop)
			if events := w.push(desktop); count(events, syncer.Conflicted) != 0 {
				t.Errorf("pushed: %+v", events)
			}
			if events := w.pull(desktop); count(events, syncer.Updated) != 1 || len(events) != 1 {
				t.Errorf("pulled: %+v", events)
			}
			w.push(desktop)
			w.pull(laptop)
			w.push(laptop)
			got := w.read(desktop, sessionA)
			if !strings.HasPrefix(got, base+here+after("1", "2")) || w.read(laptop, sessionA) != got {
				t.Errorf("the desktop's is %q, the laptop's %q", got, w.read(laptop, sessionA))
			}
			w.still("afterwards")
		})
	}
}

func TestACommandOnBothMachinesIsNoConflict(t *testing.T) {
	w := newWorld(t, t.TempDir(), "desktop", "laptop")
	desktop, laptop := w.machines[0], w.machines[1]
	w.write(desktop, sessionA, turn("1"))
	w.push(desktop)
	w.pull(laptop)
	w.appendTo(desktop, sessionA, local("1", "a"))
	w.appendTo(laptop, sessionA, local("1", "b"))
	for _, m := range []*Machine{desktop, laptop, desktop, laptop, desktop} {
		if events := append(w.push(m), w.pull(m)...); count(events, syncer.Conflicted) != 0 || count(events, syncer.Forked) != 0 {
			t.Errorf("%s: %+v", m.Name, events)
		}
	}
	if got, want := w.read(desktop, sessionA), turn("1")+local("1", "a")+local("1", "b"); got != want || w.read(laptop, sessionA) != want {
		t.Errorf("the desktop's is %q, the laptop's %q", got, w.read(laptop, sessionA))
	}
	w.still("afterwards")
}
