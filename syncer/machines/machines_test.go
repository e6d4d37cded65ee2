package machines

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
)

const (
	idA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	idB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	idC = "cccccccccccccccccccccccccccccccc"
)

func noon() time.Time { return time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC) }

func folder(t *testing.T) (*transport.Folder, string) {
	t.Helper()
	dir := t.TempDir()
	f := transport.NewFolder(dir)
	if err := f.Prepare(); err != nil {
		t.Fatal(err)
	}
	return f, dir
}

// put writes a file as a sync tool brings it.
func put(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, transport.Machines, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func all(t *testing.T, tr transport.Transport) Set {
	t.Helper()
	s, err := All(t.Context(), tr)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// of returns the set of these machine files.
func of(t *testing.T, files ...File) Set {
	t.Helper()
	tr, _ := folder(t)
	for _, f := range files {
		if err := all(t, tr).Write(t.Context(), tr, f); err != nil {
			t.Fatal(err)
		}
	}
	return all(t, tr)
}

func text(id, name string) string { return fmt.Sprintf(`{"schema":1,"id":%q,"name":%q}`, id, name) }

func TestAMachineFileIsReadAsItWasWritten(t *testing.T) {
	f := File{ID: idA, Name: "My Laptop", System: "linux", Version: "1.2.3", LastSeen: noon(),
		Aliases: map[project.Key]project.Key{"git:https://old/you/a.git": "git:https://new/you/a.git"}}
	tr, dir := folder(t)
	if err := all(t, tr).Write(t.Context(), tr, f); err != nil {
		t.Fatal(err)
	}
	s := all(t, tr)
	got := s.Others("")
	if len(got) != 1 || len(s.Problems) != 0 || !maps.Equal(got[0].Aliases, f.Aliases) {
		t.Fatalf("got %+v, %v", got, s.Problems)
	}
	g := got[0]
	if g.ID != f.ID || g.Name != f.Name || g.System != f.System || g.Version != f.Version || !g.LastSeen.Equal(f.LastSeen) {
		t.Errorf("got %+v", g)
	}
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(Path("My Laptop"))))
	want := `{
  "schema": 1,
  "id": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "name": "My Laptop",
  "system": "linux",
  "version": "1.2.3",
  "lastSeen": "2026-11-02T12:00:00Z",
  "aliases": {
    "git:https://old/you/a.git": "git:https://new/you/a.git"
  }
}
`
	if err != nil || string(data) != want {
		t.Errorf("the file is %s, %v", data, err)
	}
}

// Whoever can write into the sync folder can write machine files.
func TestAMachineFileIsReadAsHostileInput(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"members of later versions", `{"schema":1,"id":"` + idA + `","name":"m","open":[1],"x":{}}`, ""},
		{"a byte order mark", "\ufeff" + text(idA, "m"), ""},
		{"no JSON", "hello", "line 1"},
		{"nothing", "", "ends in the middle"},
		{"torn", text(idA, "m")[:30], "ends in the middle"},
		{"two values", text(idA, "m") + "{}", "behind the end"},
		{"a list", "[]", "array where an object belongs"},
		{"an id that is a number", `{"schema":1,"id":7,"name":"m"}`, "number where a text belongs"},
		{"a later schema", `{"schema":2,"id":"` + idA + `","name":7}`, "made by a newer claude-sync: schema 2"},
		{"no schema", `{"id":"` + idA + `","name":"m"}`, "schema 0"},
		{"no id", `{"schema":1,"name":"m"}`, "no id"},
		{"an id in upper case", text(strings.ToUpper(idA), "m"), "no id"},
		{"no name", text(idA, ""), "no name"},
		{"a name that turns the text", text(idA, "m\u202e"), "no name"},
		{"a name of 1000 characters", text(idA, strings.Repeat("m", 1000)), "no name"},
		{"another machine's name", text(idA, "../other"), "about the machine ../other"},
		{"too large", `{"schema":1,"x":"` + strings.Repeat("m", fileLimit) + `"}`, "at most"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr, dir := folder(t)
			put(t, dir, "m.json", c.text)
			put(t, dir, "neighbour.json", text(idB, "neighbour"))
			s := all(t, tr)
			if c.want == "" {
				if len(s.Problems) != 0 || len(s.Others("")) != 2 {
					t.Errorf("got %v, %v", s.Others(""), s.Problems)
				}
				return
			}
			if len(s.Problems) != 1 || s.Problems[0].Name != "machines/m.json" || !strings.Contains(s.Problems[0].Err.Error(), c.want) {
				t.Errorf("got %v, want %q", s.Problems, c.want)
			}
			if others := s.Others(""); len(others) != 1 || others[0].Name != "neighbour" {
				t.Errorf("the neighbours are %v", others)
			}
		})
	}
}

func TestTextsOfAMachineFileAreCleaned(t *testing.T) {
	tr, dir := folder(t)
	put(t, dir, "m.json", `{"schema":1,"id":"`+idA+`","name":"m","system":"li\u001b[31mnux","version":"`+strings.Repeat("9", 99)+`","lastSeen":"yesterday",
		"aliases":{"name:a":"name:b","name:c":7,"name:d":"name:d","nonsense":"name:e","name:f":"nonsense","name:g\n":"name:h"}}`)
	got := all(t, tr).Others("")
	if len(got) != 1 {
		t.Fatalf("got %v", got)
	}
	if f := got[0]; f.System != "li[31mnux" || len([]rune(f.Version)) != textLimit || !f.LastSeen.IsZero() {
		t.Errorf("got %+v", f)
	}
	if want := map[project.Key]project.Key{"name:a": "name:b"}; !maps.Equal(got[0].Aliases, want) {
		t.Errorf("got %v, want %v", got[0].Aliases, want)
	}
}

func TestConflictedCopiesAreNoMachines(t *testing.T) {
	for _, name := range []string{
		"m.sync-conflict-20261102-120000-ABCDEFG.json",  // Syncthing
		"m (desktop's conflicted copy 2026-11-02).json", // Dropbox
		"m (conflicted copy 2026-11-02 120000).json",    // Nextcloud
		"m-DESKTOP.json",         // OneDrive
		"m 2.json", "m (1).json", // iCloud, Google Drive
		"m (SFConflict you@example.org 2026-11-02-12-00).json", // Seafile
		"m.json.conflict1", "m.json~", ".m.json.swp",
	} {
		t.Run(name, func(t *testing.T) {
			tr, dir := folder(t)
			put(t, dir, "m.json", text(idA, "m"))
			put(t, dir, name, text(idB, "m"))
			s := all(t, tr)
			if others := s.Others(""); len(others) != 1 || others[0].ID != idA || len(s.Problems) != 0 {
				t.Errorf("got %v, %v", others, s.Problems)
			}
			if !s.Free("m", idA) || s.Free("m", idB) {
				t.Error("the copy decides whose the name is")
			}
		})
	}
}

func TestASetWithTooManyFilesIsBounded(t *testing.T) {
	tr, dir := folder(t)
	for i := range filesLimit + 5 {
		put(t, dir, fmt.Sprintf("m%03d.json", i), text(fmt.Sprintf("%032x", i+1), fmt.Sprintf("m%03d", i)))
	}
	if s := all(t, tr); len(s.Others("")) != filesLimit || len(s.Problems) != 1 {
		t.Errorf("got %d machines, %v", len(s.Others("")), s.Problems)
	}
}

func TestChoose(t *testing.T) {
	a, b := File{ID: idA, Name: "m"}, File{ID: idB, Name: "m-2"}
	long := strings.Repeat("x", 40)
	for _, c := range []struct {
		name string
		all  []File
		self Self
		wish string
		want string
	}{
		{"an empty folder", nil, Self{}, "m", "m"},
		{"its own file", []File{a}, Self{ID: idA}, "m", "m"},
		{"no id yet, and the name is another's", []File{a}, Self{}, "m", "m-2"},
		{"the name is another's", []File{a}, Self{ID: idB}, "m", "m-2"},
		{"the second name is its own", []File{a, b}, Self{ID: idB}, "m", "m-2"},
		{"the second name is another's, too", []File{a, b}, Self{ID: idC}, "m", "m-3"},
		{"a machine that is called like a second one", []File{a}, Self{ID: idC}, "m-2", "m-2"},
		{"a second one of that", []File{b}, Self{ID: idC}, "m-2", "m-2-2"},
		{"names that differ in case are two", []File{a}, Self{ID: idB}, "M", "M"},
		{"it stays with its name when the other one is gone", nil, Self{idB, "m", "m-2"}, "m", "m-2"},
		{"but not when that was taken", []File{a, b}, Self{idC, "m", "m-2"}, "m", "m-3"},
		{"another wish counts anew", []File{a}, Self{idB, "m", "m-2"}, "n", "n"},
		{"it went by the name, which was taken afterwards", []File{a}, Self{idB, "m", "m"}, "m", "m-2"},
		{"a name without room for a number", []File{{ID: idA, Name: long}}, Self{ID: idB}, long, long[:38] + "-2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := of(t, c.all...).Choose(c.self, c.wish); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// A machine that goes by a name keeps it while its file cannot be read. A new one takes another name.
func TestAnUnreadableFile(t *testing.T) {
	for name, c := range map[string]struct {
		text     string
		replaced bool
	}{"broken": {"{", true}, "of a newer version": {`{"schema":2}`, false}} {
		t.Run(name, func(t *testing.T) {
			tr, dir := folder(t)
			put(t, dir, "m.json", c.text)
			s := all(t, tr)
			if got := s.Choose(Self{ID: idA}, "m"); got != "m-2" {
				t.Errorf("a new machine goes by %q", got)
			}
			if got := s.Choose(Self{idA, "m", "m"}, "m"); got != "m" {
				t.Errorf("the machine goes by %q", got)
			}
			if err := s.Write(t.Context(), tr, File{ID: idA, Name: "m"}); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.Join(dir, "machines", "m.json"))
			if err != nil || (string(data) != c.text) != c.replaced {
				t.Errorf("the file is %s, %v", data, err)
			}
		})
	}
}

func TestWriteWritesNewsOnly(t *testing.T) {
	was := File{ID: idA, Name: "m", System: "linux", Version: strings.Repeat("1", 99), LastSeen: noon()}
	for _, c := range []struct {
		name   string
		change func(*File)
		want   bool
	}{
		{"nothing", func(*File) {}, false},
		{"seen an hour later", func(f *File) { f.LastSeen = noon().Add(time.Hour) }, false},
		{"seen a day later", func(f *File) { f.LastSeen = noon().Add(24 * time.Hour) }, true},
		{"seen a day before: the clock was wrong", func(f *File) { f.LastSeen = noon().Add(-24 * time.Hour) }, true},
		{"version", func(f *File) { f.Version = "2" }, true},
		{"system", func(f *File) { f.System = "darwin" }, true},
		{"alias", func(f *File) { f.Aliases = map[project.Key]project.Key{"name:a": "name:b"} }, true},
		{"id", func(f *File) { f.ID = idB }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr, dir := folder(t)
			if err := all(t, tr).Write(t.Context(), tr, was); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "machines", "m.json")
			past := noon().Add(-time.Hour)
			if err := os.Chtimes(path, past, past); err != nil {
				t.Fatal(err)
			}
			f := was
			c.change(&f)
			if err := all(t, tr).Write(t.Context(), tr, f); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil || !info.ModTime().Equal(past) != c.want {
				t.Errorf("written: %v, %v, want %v", !info.ModTime().Equal(past), err, c.want)
			}
		})
	}
}

func TestARenamedMachineIsListedOnce(t *testing.T) {
	s := of(t, File{ID: idA, Name: "new", LastSeen: noon()}, File{ID: idA, Name: "old", LastSeen: noon().Add(-time.Hour)}, File{ID: idB, Name: "me"})
	if got := s.Others(idB); len(got) != 1 || got[0].Name != "new" {
		t.Errorf("got %v", got)
	}
}

func TestAliases(t *testing.T) {
	type keys = map[project.Key]project.Key
	for _, c := range []struct {
		name          string
		own, one, two keys // the other machines are called one and two
		want          keys
	}{
		{"none", nil, nil, nil, keys{}},
		{"of all machines", keys{"name:a": "name:z"}, keys{"name:b": "name:z"}, keys{"name:c": "name:z"}, keys{"name:a": "name:z", "name:b": "name:z", "name:c": "name:z"}},
		{"own ones win", keys{"name:a": "name:x"}, keys{"name:a": "name:y"}, nil, keys{"name:a": "name:x"}},
		{"then the first name", nil, keys{"name:a": "name:y"}, keys{"name:a": "name:z"}, keys{"name:a": "name:y"}},
		{"chains lead to their end", keys{"name:a": "name:b"}, keys{"name:c": "name:d"}, keys{"name:b": "name:c"}, keys{"name:a": "name:d", "name:b": "name:d", "name:c": "name:d"}},
		{"a circle of two machines", nil, keys{"name:a": "name:b"}, keys{"name:b": "name:a"}, keys{"name:a": "name:b"}},
		{"a circle with us", keys{"name:b": "name:a"}, keys{"name:a": "name:b"}, nil, keys{"name:b": "name:a"}},
		{"a circle of three keys", nil, keys{"name:a": "name:b", "name:b": "name:c", "name:c": "name:a"}, nil, keys{"name:a": "name:c", "name:b": "name:c"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := of(t, File{ID: idA, Name: "one", Aliases: c.one}, File{ID: idB, Name: "two", Aliases: c.two}, File{ID: idC, Name: "me", Aliases: keys{"name:a": "name:former"}})
			if got := s.Aliases(idC, c.own); !maps.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestPathsAreFitForWindows(t *testing.T) {
	var got []string
	for _, name := range []string{"desktop", "con", "com1", "Nul", "comet"} {
		got = append(got, Path(name))
	}
	if got[0] != "machines/desktop.json" || got[1] != "machines/con~.json" || got[2] != "machines/com1~.json" || !strings.HasPrefix(got[3], "machines/nul~") || got[4] != "machines/comet.json" {
		t.Errorf("got %q", got)
	}
	if slices.Sort(got); len(slices.Compact(got)) != 5 {
		t.Errorf("two names have one file: %q", got)
	}
}

func TestTheRecordRemembers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "id.json")
	r := Record(path)
	if s, err := r.Load(); err != nil || s != (Self{}) {
		t.Errorf("without a file: %+v, %v", s, err)
	}
	want := Self{NewID(), "m", "m-2"}
	if err := r.Save(want); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Load(); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 && os.PathSeparator == '/' {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if another := NewID(); want.NameFor("m") != "m-2" || want.NameFor("n") != "n" || another == want.ID {
		t.Errorf("%+v, and another id %s", want, another)
	}
	for name, text := range map[string]string{"torn": "{", "a later version": `{"version":2}`, "no id": `{"version":1,"id":"x"}`, "empty": ""} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := r.Load(); err == nil {
			t.Errorf("%s: got %+v", name, s)
		}
	}
}
