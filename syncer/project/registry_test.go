package project

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer/internal/jsonfile"
)

const other Key = "git:https://github.com/you/other.git"

func at(ms int64) time.Time { return time.UnixMilli(ms) }

func load(t *testing.T, text string) (Registry, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "projects.json")
	write(t, path, text)
	return Load(path)
}

func wantCwds(t *testing.T, r Registry, key Key, want ...string) {
	t.Helper()
	if got := r.Cwds(key); !slices.Equal(got, want) {
		t.Errorf("%s has %q, want %q", key, got, want)
	}
}

func TestAFolderBelongsToOneProject(t *testing.T) {
	var r Registry
	r, _ = r.Register(myapp, "/b", at(1))
	r, _ = r.Register(myapp, "/a", at(2))
	r, changed := r.Register(other, "/b/", at(3))
	if !changed {
		t.Error("moving a folder is no change")
	}
	wantCwds(t, r, myapp, "/a")
	wantCwds(t, r, other, "/b/")
	if key, ok := r.KeyOf("/b"); !ok || key != other {
		t.Errorf("/b is in %q, %v; want %q", key, ok, other)
	}
	if key, ok := r.KeyOf("/a/b"); ok {
		t.Errorf("/a/b is in %q", key)
	}
	if got, want := r.Keys(), []Key{myapp, other}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAFolderWithoutARemoteStaysWhatItWasChosenFor(t *testing.T) {
	r, _ := Registry{}.Attach("name:site", "/chosen")
	r, _ = r.Attach("git:https://example.com/me/app.git", "/app")
	for _, c := range []struct {
		place Place
		want  Key
	}{
		{Place{Key: "name:chosen", Cwd: "/chosen"}, "name:site"},
		{Place{Key: "git:https://example.com/me/new.git", Cwd: "/chosen"}, "git:https://example.com/me/new.git"}, // it has a remote now
		{Place{Key: "name:app", Cwd: "/app"}, "name:app"},                                                        // it has none any more
		{Place{Key: "name:other", Cwd: "/other"}, "name:other"},
	} {
		if got := r.KeyAt(c.place); got != c.want {
			t.Errorf("%+v: got %s, want %s", c.place, got, c.want)
		}
	}
}

func TestChangedMeansThatTheFileWouldChange(t *testing.T) {
	var r Registry
	r, _ = r.Register(myapp, "/a", at(5))
	for name, step := range map[string]func(Registry) (Registry, bool){
		"register again":         func(r Registry) (Registry, bool) { return r.Register(myapp, "/a", at(5)) },
		"register, clock behind": func(r Registry) (Registry, bool) { return r.Register(myapp, "/a", at(4)) },
		"register later":         func(r Registry) (Registry, bool) { return r.Register(myapp, "/a", at(6)) },
		"register another":       func(r Registry) (Registry, bool) { return r.Register(myapp, "/b", at(5)) },
		"register nothing":       func(r Registry) (Registry, bool) { return r.Register(myapp, "", at(9)) },
		"register no UTF-8":      func(r Registry) (Registry, bool) { return r.Register(myapp, "/\xff", at(9)) },
		"attach":                 func(r Registry) (Registry, bool) { return r.Attach(other, "/b") },
		"attach again":           func(r Registry) (Registry, bool) { return r.Attach(myapp, "/a") },
		"attach, moving":         func(r Registry) (Registry, bool) { return r.Attach(other, "/a") },
		"attach no UTF-8":        func(r Registry) (Registry, bool) { return r.Attach(myapp, "/\xff") },
		"detach":                 func(r Registry) (Registry, bool) { return r.Detach(myapp, "/a/.") },
		"detach a stranger":      func(r Registry) (Registry, bool) { return r.Detach(myapp, "/b") },
		"detach from a stranger": func(r Registry) (Registry, bool) { return r.Detach(other, "/a") },
		"forget":                 func(r Registry) (Registry, bool) { return r.Forget(myapp) },
		"forget a stranger":      func(r Registry) (Registry, bool) { return r.Forget(other) },
		"local only":             func(r Registry) (Registry, bool) { return r.SetLocalOnly(myapp, true) },
		"local only, stranger":   func(r Registry) (Registry, bool) { return r.SetLocalOnly(other, true) },
		"not local only":         func(r Registry) (Registry, bool) { return r.SetLocalOnly(myapp, false) },
		"move":                   func(r Registry) (Registry, bool) { return r.Change(func(d *Draft) { d.Move("/a", other) }) },
		"move a stranger":        func(r Registry) (Registry, bool) { return r.Change(func(d *Draft) { d.Move("/b", other) }) },
		"move to where it is":    func(r Registry) (Registry, bool) { return r.Change(func(d *Draft) { d.Move("/a", myapp) }) },
		"alias":                  func(r Registry) (Registry, bool) { return r.Change(func(d *Draft) { d.Alias(other, myapp) }) },
		"alias of itself":        func(r Registry) (Registry, bool) { return r.Change(func(d *Draft) { d.Alias(other, other) }) },
		"checked":                func(r Registry) (Registry, bool) { return r.Change(func(d *Draft) { d.Checked("/a/", Checkout{}) }) },
		"checked, no UTF-8": func(r Registry) (Registry, bool) {
			return r.Change(func(d *Draft) { d.Checked("/a", Checkout{Main: "\xff"}) })
		},
		"checked, stranger":   func(r Registry) (Registry, bool) { return r.Change(func(d *Draft) { d.Checked("/b", Checkout{}) }) },
		"not local, stranger": func(r Registry) (Registry, bool) { return r.SetLocalOnly(other, false) },
	} {
		t.Run(name, func(t *testing.T) {
			before := r.Bytes()
			got, changed := step(r)
			if !bytes.Equal(r.Bytes(), before) {
				t.Error("the registry itself was changed")
			}
			if changed == bytes.Equal(got.Bytes(), before) {
				t.Errorf("changed is %v, and the file was\n%sand is\n%s", changed, before, got.Bytes())
			}
			again, err := load(t, string(got.Bytes()))
			if err != nil || !bytes.Equal(again.Bytes(), got.Bytes()) {
				t.Errorf("read back, %v:\n%s\nwant\n%s", err, again.Bytes(), got.Bytes())
			}
		})
	}
}

func TestAProjectStaysWithoutFolders(t *testing.T) {
	var r Registry
	r, _ = r.Register(myapp, "/a", at(5))
	r, _ = r.SetLocalOnly(myapp, true)
	r, _ = r.Detach(myapp, "/a")
	r, _ = r.Register(other, "/b", at(7))
	r, _ = r.Register(other, "/b", at(6))
	if !r.Used(other).Equal(at(7)) {
		t.Errorf("a clock that went back took the project's last use from 7 to %v", r.Used(other).UnixMilli())
	}
	wantCwds(t, r, myapp)
	if !r.Has(myapp) || !r.LocalOnly(myapp) || !r.Used(myapp).Equal(at(5)) {
		t.Errorf("the project is gone: %s", r.Bytes())
	}
	r, _ = r.Forget(myapp)
	if r.Has(myapp) || r.LocalOnly(myapp) || !r.Used(myapp).IsZero() {
		t.Errorf("the project is still there: %s", r.Bytes())
	}
}

func TestWhatIsReturnedIsTheCallers(t *testing.T) {
	var r Registry
	r, _ = r.Register(myapp, "/a", at(5))
	r.Cwds(myapp)[0] = "/changed"
	wantCwds(t, r, myapp, "/a")
}

const sample = `{
  "version": 1,
  "projects": [
    {
      "key": "git:https://github.com/you/myapp.git",
      "cwds": [
        "/home/you/a&b",
        "/home/you/myapp"
      ],
      "localOnly": false,
      "used": 1715380000000
    },
    {
      "key": "name:notes",
      "cwds": [],
      "localOnly": true,
      "used": 0
    }
  ]
}
`

func TestTheFileIsSortedAndStable(t *testing.T) {
	var r Registry
	r, _ = r.SetLocalOnly("name:notes", true)
	r, _ = r.Attach(myapp, "/home/you/myapp")
	r, _ = r.Register(myapp, "/home/you/a&b", at(1715380000000))
	if got := string(r.Bytes()); got != sample {
		t.Errorf("got\n%s\nwant\n%s", got, sample)
	}
	again, err := load(t, sample)
	if err != nil || !reflect.DeepEqual(again, r) && string(again.Bytes()) != sample {
		t.Errorf("read back: %v\n%s", err, again.Bytes())
	}
	if got, want := string(Registry{}.Bytes()), "{\n  \"version\": 1,\n  \"projects\": []\n}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAFileByHandIsUnderstood(t *testing.T) {
	for name, text := range map[string]string{
		"in one line":         `{"version":1,"projects":[{"key":"git:https://github.com/you/myapp.git","cwds":["/a","/b"]}]}`,
		"Notepad":             "\xef\xbb\xbf{\"version\":1,\r\n\"projects\":[{\"key\":\"git:https://github.com/you/myapp.git\",\"cwds\":[\"/b\",\"/a\",\"/a\"]}]}\r\n",
		"URL as git has it":   `{"projects":[{"key":"git:git@github.com:You/MyApp.git","cwds":["/a","/b"]}],"version":1}`,
		"one project twice":   `{"version":1,"projects":[{"key":"git:git@github.com:you/myapp","cwds":["/a"]},{"key":"git:https://github.com/you/myapp","cwds":["/b"]}]}`,
		"of a later version":  `{"version":1,"projects":[{"key":"git:https://github.com/you/myapp","cwds":["/a","/b"],"former":["name:myapp"],"checkouts":[{"cwd":"/a","x":1},{"cwd":"/gone"}]}],"aliases":{"name:x":"name:y"}}`,
		"members we know not": `{"version":1,"colour":"red","projects":[{"key":"git:https://github.com/you/myapp","cwds":["/a","/b"],"icon":{}}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			r, err := load(t, text)
			if err != nil {
				t.Fatal(err)
			}
			wantCwds(t, r, myapp, "/a", "/b")
		})
	}
	r, err := load(t, `{"version":1,"projects":[{"key":"name:x","localOnly":true,"used":5},{"key":"name:x","used":3}]}`)
	if err != nil || !r.LocalOnly("name:x") || !r.Used("name:x").Equal(at(5)) {
		t.Errorf("got %s, %v; want what both say", r.Bytes(), err)
	}
	if r, err := load(t, `{"version":1}`); err != nil || len(r.Keys()) != 0 {
		t.Errorf("got %s, %v; want an empty registry", r.Bytes(), err)
	}
}

func TestABrokenFileIsNamedWithLineAndReason(t *testing.T) {
	for name, c := range map[string]struct{ text, line, reason string }{
		"empty":                {"", "line 1", "ends in the middle"},
		"cut off":              {"{\"version\":1,\n\"projects\":[\n", "line 3", "ends in the middle"},
		"syntax":               {"{\n\n  version: 1}", "line 3", "unexpected 'v'"},
		"two values":           {"{\"version\":1}\n{}", "line 2", "behind the end"},
		"no version":           {"{}", "line 1", "no version"},
		"null":                 {"null", "line 1", "no version"},
		"version 0":            {`{"version":0}`, "line 1", "no version"},
		"version 1.5":          {`{"version":1.5}`, "line 1", "no version"},
		"version is a word":    {"{\n\"version\":[]}", "line 2", "array"},
		"newer":                {`{"version":2,"projects":{}}`, "line 1", "newer claude-sync: version 2"},
		"an array":             {"[]", "line 1", "array"},
		"projects an object":   {"{\"version\":1,\n\"projects\":{}}", "line 2", "object"},
		"bad key":              {"{\"version\":1,\n\"projects\":[\n{\"key\":\"name:a\"},\n{\"key\":\"nonsense\"}]}", "line 4", "nonsense"},
		"bad, and seen before": {"{\"version\":1,\"projects\":[\n{\"key\":\"name:a\",\"x\":{}},\n{}]}", "line 3", "project key"},
		"no key":               {"{\"version\":1,\n\"projects\":[{}]}", "line 2", "project key"},
		"a number":             {"{\"version\":1,\n\n\"projects\":[\n1]}", "line 4", "number"},
		"cwds a string":        {"{\"version\":1,\n\"projects\":[{\"key\":\"name:a\",\"cwds\":\"/a\"}]}", "line 2", "string"},
		"empty path":           {"{\"version\":1,\n\"projects\":[{\"key\":\"name:a\",\"cwds\":[\"\"]}]}", "line 2", "empty path"},
		"a folder twice":       {"{\"version\":1,\"projects\":[{\"key\":\"name:a\",\"cwds\":[\"/x\"]},\n{\"key\":\"name:b\",\"cwds\":[\"/x/\"]}]}", "line 2", "two projects"},
		"one on Windows twice": {"{\"version\":1,\"projects\":[{\"key\":\"name:a\",\"cwds\":[\"C:\\\\x\"]},\n{\"key\":\"name:b\",\"cwds\":[\"C:\\\\x\"]}]}", "line 2", `"C:\x" is in two`},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := load(t, c.text)
			if err == nil {
				t.Fatalf("got %s, want an error", r.Bytes())
			}
			for _, want := range []string{"projects.json, ", c.line + ":", c.reason} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q in it", err, want)
				}
			}
		})
	}
}

func TestNoFileIsAnEmptyRegistryAndAFolderIsNot(t *testing.T) {
	dir := t.TempDir()
	if r, err := Load(filepath.Join(dir, "gone", "projects.json")); err != nil || len(r.Keys()) != 0 {
		t.Errorf("got %s, %v; want an empty registry", r.Bytes(), err)
	}
	if r, err := Load(dir); err == nil {
		t.Errorf("got %s, want an error", r.Bytes())
	}
}

func FuzzRegistryFile(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("\xef\xbb\xbf{\"version\":1,\"projects\":[{\"key\":\"name:a\",\"cwds\":[\"/x\",\"/x/\"],\"used\":-1},1]}"))
	f.Add([]byte(`{"version":"1","projects":[null,{"key":"name:\u202e"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parseRegistry(data)
		if err != nil {
			if wrong := (*jsonfile.Error)(nil); !errors.As(err, &wrong) || wrong.Line < 1 || wrong.Line > 1+bytes.Count(data, []byte("\n")) {
				t.Errorf("the error is %v", err)
			}
			return
		}
		again, err := parseRegistry(r.Bytes())
		if err != nil || !bytes.Equal(again.Bytes(), r.Bytes()) {
			t.Errorf("%v: got\n%s\nwant\n%s", err, again.Bytes(), r.Bytes())
		}
		for _, key := range r.Keys() {
			for _, cwd := range r.Cwds(key) {
				if owner, _ := r.KeyOf(cwd); owner != key {
					t.Errorf("%q is in %q and %q", cwd, owner, key)
				}
			}
		}
	})
}

func upstream(t *testing.T, config, projects string) (Upstream, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"config.json": config, "projects.json": projects} {
		if text != "" {
			write(t, filepath.Join(dir, name), text)
		}
	}
	u, err := ReadUpstream(dir)
	if entries, _ := os.ReadDir(dir); len(entries) > 2 {
		t.Errorf("upstream's folder has got files: %v", entries)
	}
	return u, err
}

func TestUpstreamsSettingsAreTaken(t *testing.T) {
	type paths = map[Key][]string
	for name, c := range map[string]struct {
		config, projects string
		want             Upstream
	}{
		"nothing": {"", "", Upstream{Projects: paths{}}},
		"as it writes": {`{"syncDir":"/s","machineName":"desktop"}`, `{"git:https://github.com/you/myapp.git":"/a","name:x":"C:\\x"}`,
			Upstream{SyncDir: "/s", Machine: "desktop", Projects: paths{myapp: {"/a"}, "name:x": {`C:\x`}}}},
		"other names": {`{"sync_dir":"/s","name":"laptop","machine":"","extra":[1]}`, `{"git:git@github.com:you/myapp":{"cwd":"/a"}}`,
			Upstream{SyncDir: "/s", Machine: "laptop", Projects: paths{myapp: {"/a"}}}},
		"inside projects": {`{"syncDir":7,"machine":"m"}`, `{"version":1,"projects":{"git:https://github.com/you/myapp":{"path":"/a"}}}`,
			Upstream{Machine: "m", Projects: paths{myapp: {"/a"}}}},
		"two of one": {"", `{"git:https://github.com/You/myapp":"/b","git:git@github.com:you/myapp.git":"/a","git:ssh://github.com/you/myapp":"/a"}`,
			Upstream{Projects: paths{myapp: {"/a", "/b"}}}},
		"nonsense": {"{}", `{"x":"/a","name:y":3,"name:z":{"cwd":""},"name:\u202e":"/b"}`,
			Upstream{Projects: paths{}, Skipped: []string{"name:y", "name:z", "name:\u202e", "x"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := upstream(t, c.config, c.projects)
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v, %v\nwant %+v", got, err, c.want)
			}
		})
	}
}

func TestUpstreamsFoldersHaveAnOrder(t *testing.T) {
	u, err := upstream(t, "", `{"name:c":"/1","name:a":"/3","name:b":"/4","git:git@github.com:you/myapp":"/2","git:https://github.com/you/myapp":"/0"}`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{string(myapp) + " /0", string(myapp) + " /2", "name:a /3", "name:b /4", "name:c /1"}
	for range 10 {
		var got []string
		for key, cwd := range u.Folders() {
			got = append(got, string(key)+" "+cwd)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got  %q\nwant %q", got, want)
		}
	}
	for range u.Folders() {
		break
	}
}

func TestABrokenHalfOfUpstreamsLeavesTheOther(t *testing.T) {
	u, err := upstream(t, "{\n", `{"name:x":"/x"}`)
	if err == nil || !strings.Contains(err.Error(), "config.json, line 2") || len(u.Projects) != 1 {
		t.Errorf("got %+v, %v; want the projects and an error of config.json", u, err)
	}
	u, err = upstream(t, `{"syncDir":"/s"}`, "[]")
	if err == nil || !strings.Contains(err.Error(), "projects.json") || u.SyncDir != "/s" || len(u.Projects) != 0 {
		t.Errorf("got %+v, %v; want the folder and an error of projects.json", u, err)
	}
}

func FuzzUpstream(f *testing.F) {
	f.Add(`{"syncDir":"/s"}`, `{"projects":{"name:x":{"cwd":"/a"}}}`)
	f.Add(`null`, `{"projects":null,"name:x":"/a"}`)
	f.Fuzz(func(t *testing.T, config, projects string) {
		u, _ := upstream(t, config, projects)
		for key := range u.Projects {
			if parsed, err := ParseKey(string(key)); err != nil || parsed != key {
				t.Errorf("%q is not a key: %v", key, err)
			}
		}
	})
}
