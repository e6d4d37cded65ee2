package engine

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/machines"
	"claude-sync/syncer/project"
)

// called makes a world of machines that may have one name. Each has a session of its own.
func called(t *testing.T, names ...string) *world {
	t.Helper()
	homes := []string{"one", "two", "three"}[:len(names)]
	w := newWorld(t, t.TempDir(), homes...)
	for i, m := range w.machines {
		w.write(m, own(i), turn(homes[i]))
		m.Options.Name, m.ID, m.Version = names[i], filepath.Join(w.dir, homes[i], "state", "id.json"), "1.0"
	}
	return w
}

func own(i int) ccsync.SessionID {
	return []ccsync.SessionID{sessionA, sessionB, "c0000000-0000-4000-8000-00000000000c"}[i]
}

// file is the machine file of a name, "" if there is none.
func (w *world) file(name string) string {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join(w.dir, "Sync", filepath.FromSlash(machines.Path(name))))
	if err != nil && !oserr.Missing(err) {
		w.t.Fatal(err)
	}
	return string(data)
}

// has reports whether a machine has a session. The folder of the checkout is that of the machine's files.
func (w *world) has(m *Machine, id ccsync.SessionID) bool { return w.read(m, id) != "" }

func TestMachinesOfOneNameGetEachOthersSessions(t *testing.T) {
	for _, c := range []struct {
		name  string
		names []string
		want  []string // by which they go
	}{
		{"two names", []string{"laptop", "desktop"}, []string{"laptop", "desktop"}},
		{"one name", []string{"fedora", "fedora"}, []string{"fedora", "fedora-2"}},
		{"one name three times", []string{"fedora", "fedora", "fedora"}, []string{"fedora", "fedora-2", "fedora-3"}},
		{"names that differ in case only", []string{"Laptop", "laptop"}, []string{"Laptop", "laptop"}},
		{"a name that is another's second one", []string{"m", "m-2", "m"}, []string{"m", "m-2", "m-3"}},
		{"a name that became another's second one", []string{"m", "m", "m-2"}, []string{"m", "m-2", "m-2-2"}},
		{"a name of 40 characters", []string{strings.Repeat("x", 40), strings.Repeat("x", 40)}, []string{strings.Repeat("x", 40), strings.Repeat("x", 38) + "-2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := called(t, c.names...)
			for i, m := range w.machines {
				events := w.push(m)
				if got := count(events, syncer.Renamed) == 1; got != (c.want[i] != c.names[i]) {
					t.Errorf("machine %d: told of another name: %v", i, got)
				}
				if m.name() != c.want[i] {
					t.Errorf("machine %d goes by %q, want %q", i, m.name(), c.want[i])
				}
			}
			for i, m := range w.machines {
				if events := w.pull(m); count(events, syncer.Installed) != len(w.machines)-1 || count(events, syncer.Renamed) != 0 {
					t.Errorf("machine %d: pulled %+v", i, events)
				}
				for k := range w.machines {
					if !w.has(m, own(k)) {
						t.Errorf("machine %d lacks the session of machine %d", i, k)
					}
				}
			}
			before := w.state()
			for _, m := range w.machines {
				if events := append(w.push(m), w.pull(m)...); len(events) != 0 {
					t.Errorf("afterwards: %+v", events)
				}
			}
			if after := w.state(); after != before {
				t.Errorf("a run without work wrote: before\n%s\nafter\n%s", before, after)
			}
		})
	}
}

// The packs in a folder of today tell no ids, and no machine file says whose they are.
func TestAnUpgradeNeedsNoHand(t *testing.T) {
	w := called(t, "fedora", "laptop")
	fedora, laptop := w.machines[0], w.machines[1]
	id := fedora.ID
	fedora.ID, laptop.ID = "", ""
	w.push(fedora)
	w.push(laptop)
	if w.file("fedora") != "" {
		t.Fatal("a machine without an id has a machine file")
	}
	fedora.ID = id
	s, err := fedora.Look(t.Context())
	w.check(err)
	if _, err := os.Stat(id); !oserr.Missing(err) || w.file("fedora") != "" || s.Machine != "fedora" {
		t.Errorf("a look made the id, or goes by %q", s.Machine)
	}
	if events := w.pull(fedora); count(events, syncer.Installed) != 1 || len(events) != 1 {
		t.Errorf("pulled %+v", events)
	}
	if w.file("fedora") == "" || fedora.name() != "fedora" {
		t.Error("the pull announced nothing")
	}
	w.write(fedora, sessionA, turn("one")+turn("more"))
	if events := w.push(fedora); count(events, syncer.Pushed) != 1 || len(events) != 1 {
		t.Errorf("pushed %+v", events)
	}
}

// A sync tool brings the other machine's file after both have written theirs.
func TestANameThatWasTakenAfterwards(t *testing.T) {
	w := called(t, "fedora", "fedora")
	one, two := w.machines[0], w.machines[1]
	w.push(one)
	theirs := w.file("fedora")
	w.check(os.Remove(filepath.Join(w.dir, "Sync", "machines", "fedora.json"))) // it has not arrived yet
	w.push(two)
	if two.name() != "fedora" {
		t.Fatalf("it goes by %q", two.name())
	}
	pack := w.unpack(two, two.packs().Name(testKey, sessionB))
	w.write(two, sessionB, turn("two")+turn("more"))
	stale, err := two.Look(t.Context())
	w.check(err)
	w.check(os.WriteFile(filepath.Join(w.dir, "Sync", "machines", "fedora.json"), []byte(theirs), 0o600))
	s, err := two.Look(t.Context())
	w.check(err)
	if s.Machine != "fedora-2" || s.Projects[0].Sessions[0].PackedHere() && s.Projects[0].Sessions[0].ID == sessionB {
		t.Errorf("a look sees %q, with the pack of the former name as its own", s.Machine)
	}
	events, err := New(two.Options).PushFrom(t.Context(), stale, syncer.Scope{})
	w.check(err)
	if count(events, syncer.Renamed) != 1 || !strings.Contains(events[0].Err.Error(), "goes on as fedora-2") || events[0].Hint() == "" || count(events, syncer.Pushed) != 1 {
		t.Errorf("got %+v", events)
	}
	if got := w.unpack(one, strings.Replace(two.packs().Name(testKey, sessionB), "fedora-2", "fedora", 1)); got != pack {
		t.Errorf("the pack of the former name became %q", got)
	}
	if w.file("fedora") != theirs {
		t.Error("the other machine's file was overwritten")
	}
	if events := w.pull(two); count(events, syncer.Renamed) != 0 || count(events, syncer.Installed) != 1 {
		t.Errorf("got %+v", events)
	}
	if code := syncer.ExitCode(events); code != 0 {
		t.Errorf("exit %d", code)
	}
}

// What was this machine's pack at the look is another machine's at the push.
func TestANameThatIsTakenBetweenLookAndPush(t *testing.T) {
	w := called(t, "fedora", "fedora")
	one, two := w.machines[0], w.machines[1]
	w.push(two)
	w.write(two, sessionB, turn("parted")+turn("more"))
	s, err := two.Look(t.Context())
	w.check(err)
	w.check(os.Remove(filepath.Join(w.dir, "Sync", "machines", "fedora.json")))
	_, err = one.settle(t.Context())
	w.check(err)
	events, err := two.PushFrom(t.Context(), s, syncer.Scope{})
	w.check(err)
	if count(events, syncer.Renamed) != 1 || count(events, syncer.Conflicted) != 1 || count(events, syncer.Pushed) != 1 {
		t.Errorf("got %+v", events)
	}
}

func TestAMachineFileThatCannotBeWrittenStopsNoPush(t *testing.T) {
	w := called(t, "laptop")
	w.check(os.WriteFile(filepath.Join(w.dir, "Sync", "machines"), nil, 0o600)) // a file where the folder belongs
	events := w.push(w.machines[0])
	if count(events, syncer.Pushed) != 1 || count(events, syncer.Strayed) != 1 || syncer.ExitCode(events) != 0 {
		t.Errorf("got %+v", events)
	}
}

func TestABrokenIDIsNeverReplaced(t *testing.T) {
	w := called(t, "laptop")
	m := w.machines[0]
	w.push(m)
	w.check(os.WriteFile(m.ID, []byte("{\n\n"), 0o600))
	var broken *syncer.BrokenFileError
	_, err := m.Push(t.Context(), syncer.Scope{})
	if _, err2 := m.Look(t.Context()); !errors.As(err, &broken) || !errors.As(err2, &broken) || broken.Path != m.ID {
		t.Errorf("got %v, %v", err, err2)
	}
}

// Seen once a day is enough: else every pull would make every sync tool carry a file.
func TestWhenAMachineIsAnnouncedAgain(t *testing.T) {
	type change func(w *world, m *Machine)
	for _, c := range []struct {
		name   string
		change change
		want   bool
	}{
		{"nothing", func(*world, *Machine) {}, false},
		{"an hour later", func(w *world, m *Machine) { w.now = w.now.Add(time.Hour) }, false},
		{"a day later", func(w *world, m *Machine) { w.now = w.now.Add(25 * time.Hour) }, true},
		{"another version", func(w *world, m *Machine) { m.Version = "1.1" }, true},
		{"an alias", func(w *world, m *Machine) { w.alias(m, "name:a", "name:b") }, true},
	} {
		for verb, run := range map[string]func(w *world, m *Machine){
			"pull": func(w *world, m *Machine) { w.pull(m) }, "push": func(w *world, m *Machine) { w.push(m) },
			"the tray's look": func(w *world, m *Machine) { w.check(m.Announce(w.t.Context())) },
		} {
			t.Run(c.name+", "+verb, func(t *testing.T) {
				w := called(t, "laptop")
				m := w.machines[0]
				w.push(m)
				before := w.file("laptop")
				c.change(w, m)
				run(w, m)
				if got := w.file("laptop") != before; got != c.want {
					t.Errorf("announced: %v, want %v", got, c.want)
				}
			})
		}
	}
}

// Only verbs that write make an id and take a name.
func TestATraysLookTakesNoName(t *testing.T) {
	w := called(t, "laptop", "laptop")
	one, two := w.machines[0], w.machines[1]
	before := w.state()
	w.check(one.Announce(t.Context()))
	if w.state() != before {
		t.Error("a look of the first machine wrote")
	}
	w.push(one)
	before = w.state()
	w.check(two.Announce(t.Context()))
	if w.state() != before {
		t.Error("a look of the second machine wrote")
	}
}

func TestAliasesOfOtherMachinesAreSeen(t *testing.T) {
	w := called(t, "one", "two")
	one, two := w.machines[0], w.machines[1]
	w.alias(one, "name:old", "name:new")
	w.push(one)
	canonical := func() project.Key {
		_, err := two.Look(t.Context())
		w.check(err)
		reg, err := two.registry()
		w.check(err)
		return reg.Canonical("name:old")
	}
	if got := canonical(); got != "name:new" {
		t.Errorf("got %q", got)
	}
	w.alias(two, "name:old", "name:mine")
	if got := canonical(); got != "name:mine" {
		t.Errorf("got %q, want this machine's own", got)
	}
}

// alias lets a machine's person say that from is to.
func (w *world) alias(m *Machine, from, to project.Key) {
	w.check(m.changeRegistry(func(r project.Registry) (project.Registry, bool) {
		return r.Change(func(d *project.Draft) { d.Alias(from, to) })
	}))
}

func TestAMachineFileThatIsNoneIsAStray(t *testing.T) {
	w := called(t, "laptop")
	w.push(w.machines[0])
	w.check(os.WriteFile(filepath.Join(w.dir, "Sync", "machines", "odd.json"), []byte("hello"), 0o600))
	s, err := w.machines[0].Look(t.Context())
	w.check(err)
	if len(s.Strays) != 1 || s.Strays[0].Name != "machines/odd.json" || s.Strays[0].Later {
		t.Errorf("got %+v", s.Strays)
	}
}

// A pack that an export makes names the machine as the packs in the folder do.
func TestAnExportNamesTheMachineThatPushes(t *testing.T) {
	w := called(t, "fedora", "fedora")
	w.push(w.machines[0])
	two := w.machines[1]
	w.push(two)
	s, err := two.LookLocal(t.Context())
	w.check(err)
	var text strings.Builder
	w.check(two.Export(t.Context(), &text, testKey, s.Projects[0].Sessions[0]))
	var pack struct{ MachineName string }
	w.check(json.Unmarshal([]byte(text.String()), &pack))
	if pack.MachineName != "fedora-2" {
		t.Errorf("got %q", pack.MachineName)
	}
}

// computer is a set-up of a person's own, with another home folder for each name.
func computer(dir, name string) Paths {
	home := filepath.Join(dir, name)
	in := func(path string) string { return filepath.Join(home, filepath.FromSlash(path)) }
	return Paths{Config: in("config/config.json"), Registry: in("config/projects.json"), Installed: in("state/seen.json"), ID: in("state/id.json"),
		Lock: in("state/lock"), Upstream: in("upstream"), Home: home}
}

func TestInitAndTheNamesOfOthers(t *testing.T) {
	t.Setenv("CLAUDE_CONFIG_DIR", "")
	const taken = "another machine has the name desktop in this sync folder"
	copied := func(t *testing.T, from, to Paths) {
		t.Helper()
		data, err := os.ReadFile(from.Config)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(to.Config), 0o700)
		}
		if err == nil {
			err = os.WriteFile(to.Config, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name    string
		copied  bool // the configuration of the first machine is there
		setup   Setup
		refused bool
		machine string // in the configuration afterwards
		goesBy  string
	}{
		{"a new machine of another name", false, Setup{Machine: "laptop"}, false, "laptop", "laptop"},
		{"a new machine of the same name", false, Setup{Machine: "desktop"}, true, "", ""},
		{"a copied configuration, and the name is asked for", true, Setup{Machine: "desktop"}, true, "desktop", "desktop-2"},
		{"a copied configuration, and another name", true, Setup{Machine: "laptop"}, false, "laptop", "laptop"},
		{"a copied configuration, and only the folder is chosen", true, Setup{}, false, "desktop", "desktop-2"},
		{"a new machine of the same name, which is that one installed anew", false, Setup{Machine: "desktop", Reinstalled: true}, false, "desktop", "desktop"},
		{"the same with its former configuration", true, Setup{Reinstalled: true}, false, "desktop", "desktop"},
		{"one installed anew whose name nobody has", false, Setup{Machine: "other", Reinstalled: true}, false, "other", "other"},
		{"a name that differs in case", false, Setup{Machine: "Desktop"}, false, "Desktop", "Desktop"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			one, two := computer(dir, "one"), computer(dir, "two")
			if _, _, err := Init(t.Context(), one, Setup{SyncDir: filepath.Join(dir, "Sync"), Machine: "desktop"}); err != nil {
				t.Fatal(err)
			}
			if c.copied {
				copied(t, one, two)
			}
			c.setup.SyncDir = filepath.Join(dir, "Sync")
			_, events, err := Init(t.Context(), two, c.setup)
			if got := err != nil; got != c.refused || got && (!strings.HasPrefix(err.Error(), taken) || !strings.HasPrefix(syncer.Hint(err), "claude-sync init --name <other>; or, if that is this very machine")) {
				t.Fatalf("got %v, refused: want %v", err, c.refused)
			}
			if told := count(events, syncer.Renamed) == 1; told != (!c.refused && c.machine != c.goesBy) {
				t.Errorf("events: %+v", events)
			}
			m, err := Open(two)
			if c.machine == "" {
				if !errors.Is(err, syncer.ErrNotSetUp) {
					t.Errorf("a refused init left a configuration: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			s, err := m.Look(t.Context())
			if err != nil || m.Options.Name != c.machine || s.Machine != c.goesBy {
				t.Errorf("got %q, %v, which goes by %q", m.Options.Name, err, s.Machine)
			}
		})
	}
}

// The host's name is the default, and many hosts are called alike.
func TestInitRefusesADefaultNameOfAnother(t *testing.T) {
	t.Setenv("CLAUDE_CONFIG_DIR", "")
	dir := t.TempDir()
	setup := Setup{SyncDir: filepath.Join(dir, "Sync")}
	if _, _, err := Init(t.Context(), computer(dir, "one"), setup); err != nil {
		t.Fatal(err)
	}
	var taken *machines.TakenError
	if _, _, err := Init(t.Context(), computer(dir, "two"), setup); !errors.As(err, &taken) {
		t.Errorf("got %v", err)
	}
}

func TestInitAgain(t *testing.T) {
	t.Setenv("CLAUDE_CONFIG_DIR", "")
	dir := t.TempDir()
	one, two := computer(dir, "one"), computer(dir, "two")
	shared := filepath.Join(dir, "Sync")
	start := func(p Paths, name string) {
		t.Helper()
		if _, _, err := Init(t.Context(), p, Setup{SyncDir: shared, Machine: name}); err != nil {
			t.Fatal(err)
		}
	}
	goesBy := func(p Paths, want string) {
		t.Helper()
		m, err := Open(p)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := m.Look(t.Context()); err != nil || s.Machine != want {
			t.Errorf("it goes by %q, %v, want %q", s.Machine, err, want)
		}
	}
	start(one, "desktop")
	id, err := os.ReadFile(one.ID)
	if err != nil {
		t.Fatal(err)
	}
	start(one, "desktop")
	start(one, "pc")
	start(one, "desktop") // the file of a former name is its own
	if again, err := os.ReadFile(one.ID); err != nil || string(again) != string(id) {
		t.Errorf("another id was made: %s, %v", again, err)
	}
	goesBy(one, "desktop")

	// The second machine goes on as desktop-2, until the name is free and it is told to take it.
	m := two.Machine(Config{Machine: "desktop", SyncDir: shared})
	if err := two.save(Config{Machine: "desktop", SyncDir: shared}); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Pull(t.Context(), syncer.Scope{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(shared, "machines", "desktop.json")); err != nil {
		t.Fatal(err)
	}
	goesBy(two, "desktop-2")
	start(two, "desktop")
	goesBy(two, "desktop")
	start(two, "desktop-2") // what it went by before
	goesBy(two, "desktop-2")
	goesBy(one, "desktop-3") // the files of both names are the second machine's
}

// What a person said about keys on the former machine holds on the one that takes its place, and a machine file that
// cannot be read is nobody's to take over.
func TestAReinstalledMachineTakesOverWhatItsFileSays(t *testing.T) {
	t.Setenv("CLAUDE_CONFIG_DIR", "")
	dir := t.TempDir()
	one, two := computer(dir, "one"), computer(dir, "two")
	setup := Setup{SyncDir: filepath.Join(dir, "Sync"), Machine: "desktop"}
	if _, _, err := Init(t.Context(), one, setup); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(setup.SyncDir, "machines", "desktop.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	setup.Reinstalled = true
	if err := os.WriteFile(path, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	var refused *machines.TakenError
	if _, _, err := Init(t.Context(), two, setup); !errors.As(err, &refused) || syncer.Hint(err) != "claude-sync init --name <other>" {
		t.Errorf("a file that cannot be read: %v", err)
	}
	told := strings.Replace(string(text), `"aliases": {}`, `"aliases": {"name:a": "name:b"}`, 1)
	if err := os.WriteFile(path, []byte(told), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Init(t.Context(), two, setup); err != nil {
		t.Fatal(err)
	}
	now, err := os.ReadFile(path)
	if id := string(text)[strings.Index(string(text), `"id"`):][:45]; err != nil || strings.Contains(string(now), id) || !strings.Contains(string(now), `"name:a": "name:b"`) {
		t.Errorf("the former file had %s; now it is\n%s%v", id, now, err)
	}
}
