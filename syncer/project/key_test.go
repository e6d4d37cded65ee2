package project

import (
	"path"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"claude-sync/syncer/internal/giturl"
	"claude-sync/syncer/words"
)

func TestParseKeyKeepsTheSubdirectory(t *testing.T) {
	for s, want := range map[string]Key{
		"git:https://github.com/you/myapp.git//web/app":      "git:https://github.com/you/myapp.git//web/app",
		"git:https://github.com/You/MyApp.git//Web":          "git:https://github.com/you/myapp.git//Web",
		"git:https://github.com/You/MyApp//Web":              "git:https://github.com/you/myapp.git//Web",
		"git:git@github.com:you/myapp.git//src/C#/x.git/y":   "git:https://github.com/you/myapp.git//src/C#/x.git/y",
		"git:git@github.com:you/myapp//sub":                  "git:https://github.com/you/myapp.git//sub",
		"git:https://github.com/you/myapp.git//vendor/x.git": "git:https://github.com/you/myapp.git//vendor/x.git",
		"git:https://github.com/you//myapp.git":              "git:https://github.com/you/myapp.git",
		"git:https://github.com/you/myapp.git//":             "git:https://github.com/you/myapp.git",
		"git:ssh://nas.git//srv/x":                           "git:https://nas.git/srv/x.git",
		"git:ssh://git@nas.git//srv/x.git//sub":              "git:https://nas.git/srv/x.git//sub",
		"git:https://host/x?u=http://y":                      "git:https://host/x.git",
		"git:file:///srv/x.git//sub":                         "git:file:///srv/x.git//sub",
		"git://server/share/x.git//sub":                      "git:file://server/share/x.git//sub",
		`git:C:\src\x.git//sub`:                              "git:file:///C:/src/x.git//sub",
		"git:codecommit://MyRepo.git//sub":                   "git:codecommit://MyRepo.git//sub",
		"git:https://host/x.git//e\u0301":                    "git:https://host/x.git//é",
		"name:myapp":                                         "name:myapp",
		"name:My App":                                        "name:My App",
		"name:myapp//sub/dir.git":                            "name:myapp//sub/dir.git",
		"name:e\u0301":                                       "name:é",
		`name:a\b`:                                           `name:a\b`,
	} {
		got, err := ParseKey(s)
		if err != nil || got != want {
			t.Errorf("ParseKey(%q) = %q, %v; want %q", s, got, err, want)
		}
		if again, err := ParseKey(string(got)); err != nil || again != got {
			t.Errorf("ParseKey(%q) = %q, %v", got, again, err)
		}
	}
}

// Packs and projects.json have keys that older programs made. They are read as the key of today, so that the packs are
// not orphaned.
func TestOlderKeysAreReadAsTodays(t *testing.T) {
	for old, want := range map[Key]Key{
		"git:https://www.github.com/Me/App.git":                               "git:https://github.com/me/app.git",
		"git:https://www.github.com/me/app.git//web":                          "git:https://github.com/me/app.git//web",
		"git:https://ssh.dev.azure.com/v3/Org/Proj/App.git":                   "git:https://dev.azure.com/org/proj/_git/app.git",
		"git:https://dev.azure.com/Org/Proj/_git/App.git//Web":                "git:https://dev.azure.com/org/proj/_git/app.git//Web",
		"git:https://ssh.dev.azure.com/v3/org/My%2520Proj/app.git":            "git:https://dev.azure.com/org/my%20proj/_git/app.git",
		"git:https://org.visualstudio.com/Proj/_git/App.git":                  "git:https://dev.azure.com/org/proj/_git/app.git",
		"git:https://vs-ssh.visualstudio.com/v3/org/proj/app.git":             "git:https://dev.azure.com/org/proj/_git/app.git",
		"git:eu-west-1://MyRepo.git":                                          "git:https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/MyRepo.git",
		"git:eu-west-1://MyRepo.git//sub":                                     "git:https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/MyRepo.git//sub",
		"git:https://gist.github.com/me/0123456789abcdef0123.git":             "git:https://gist.github.com/0123456789abcdef0123.git",
		"git:https://hf.co/datasets/me/d.git":                                 "git:https://huggingface.co/datasets/me/d.git",
		"git:rad://z42hL2jL4XNk6K8o/z6MksFqXN3Yhqk8p.git//a":                  "git:rad://z42hL2jL4XNk6K8o.git//a",
		"git:https://source.developers.google.com:2022/p/a/r/b.git":           "git:https://source.developers.google.com/p/a/r/b.git",
		"git:https://git-codecommit.us-east-1.amazonaws.com/v1/repos/app.git": "git:https://git-codecommit.us-east-1.amazonaws.com/v1/repos/app.git",
		"git:codecommit://MyRepo.git":                                         "git:codecommit://MyRepo.git",
	} {
		if got, err := ParseKey(string(old)); err != nil || got != want {
			t.Errorf("ParseKey(%q) = %q, %v; want %q", old, got, err, want)
		}
	}
	// A registry in which two of them were two projects has one.
	r, err := load(t, `{"version":1,"projects":[{"key":"git:https://www.github.com/you/myapp.git","cwds":["/a"],"localOnly":true},{"key":"git:https://github.com/you/myapp.git","cwds":["/b"]}],
		"aliases":{"git:https://www.github.com/you/myapp.git":"git:https://github.com/you/myapp.git","git:eu-west-1://x.git":"name:x"}}`)
	if err != nil || !r.LocalOnly(myapp) || len(r.aliases) != 1 {
		t.Errorf("got %s, %v", r.Bytes(), err)
	}
	wantCwds(t, r, myapp, "/a", "/b")
}

func TestParseKeyRefusesWhatIsHostile(t *testing.T) {
	for name, s := range map[string]string{
		"empty":                "",
		"no prefix":            "https://github.com/you/myapp.git",
		"other prefix":         "hg:https://host/x",
		"no URL":               "git:",
		"relative URL":         "git:../x",
		"no name":              "name:",
		"dot":                  "name:.",
		"dots":                 "name:..",
		"slash":                "name:a/b",
		"absolute name":        "name:/etc",
		"NUL":                  "name:a\x00",
		"escape":               "name:\x1b[31mred",
		"right-to-left":        "name:\u202etxt.exe",
		"isolate":              "git:https://host/\u2066x.git",
		"zero width":           "name:my\u200bapp",
		"line separator":       "name:a\u2028b",
		"not UTF-8":            "name:\xff",
		"too long":             "name:" + strings.Repeat("a", maxKey),
		"too long by encoding": "git:https://host/" + strings.Repeat(" x", 900),
		"climbing":             "git:https://host/x.git//../y",
		"climbing inside":      "git:https://host/x.git//a/../../y",
		"only climbing":        "git:https://host/x.git//..",
		"here":                 "git:https://host/x.git//.",
		"absolute":             "git:https://host/x.git///etc",
		"doubled":              "git:https://host/x.git//a//b",
		"trailing slash":       "git:https://host/x.git//a/",
		"backslash":            `git:https://host/x.git//a\..\b`,
		"drive":                "git:https://host/x.git//C:/Windows",
		"drive, relative":      "name:x//c:",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := ParseKey(s); err == nil {
				t.Errorf("got %q, want an error", got)
			} else if strings.ContainsFunc(err.Error(), giturl.Hidden) || len(err.Error()) > 600 {
				t.Errorf("error says too much: %q", err)
			}
		})
	}
}

func TestKeyComesApart(t *testing.T) {
	for _, c := range []struct {
		key  Key
		base Key
		sub  string
		name string
		at   string
	}{
		{"git:https://github.com/you/myapp.git", "git:https://github.com/you/myapp.git", "", "myapp", "github.com/you/myapp"},
		{"git:https://github.com/you/myapp.git//sub/x", "git:https://github.com/you/myapp.git", "sub/x", "myapp/sub/x", "github.com/you/myapp//sub/x"},
		{"git:file:///srv/x.git//sub", "git:file:///srv/x.git", "sub", "x/sub", "file:///srv/x.git//sub"},
		{"git:codecommit://Repo.git", "git:codecommit://Repo.git", "", "Repo", "codecommit://Repo.git"},
		{"git:https://host/my%20app.git", "git:https://host/my%20app.git", "", "my app", "host/my%20app"},
		{"git:https://host/%E2%80%AEa%FF.git", "git:https://host/%E2%80%AEa%FF.git", "", "a", "host/%E2%80%AEa%FF"},
		{"git:https://host/%E3%85%A4.git", "git:https://host/%E3%85%A4.git", "", "(no name)", "host/%E3%85%A4"},
		{"name:myapp", "name:myapp", "", "myapp", "myapp"},
		{"name:my\u3164app", "name:my\u3164app", "", "myapp", "myapp"},
		{"name:myapp//a//b", "name:myapp", "a//b", "myapp/a//b", "myapp/a//b"},
		{"name:x.git", "name:x.git", "", "x.git", "x.git"},
		{"", "", "", ".", ""},
		{"git", "git", "", "git", "git"},
	} {
		if got := c.key.Repository(); got != c.base {
			t.Errorf("%q.Repository() = %q, want %q", c.key, got, c.base)
		}
		if got := c.key.Subdir(); got != c.sub {
			t.Errorf("%q.Subdir() = %q, want %q", c.key, got, c.sub)
		}
		if got := c.key.Name(); got != c.name {
			t.Errorf("%q.Name() = %q, want %q", c.key, got, c.name)
		}
		if got := c.key.Address(); got != c.at {
			t.Errorf("%q.Address() = %q, want %q", c.key, got, c.at)
		}
	}
}

func TestDirTellsWhichProjectItIs(t *testing.T) {
	for key, want := range map[Key]string{
		"git:https://github.com/you/myapp.git":              "myapp",
		"git:https://github.com/you/myapp.git//sub":         "myapp",
		"git:https://host/My_App..v2.git":                   "my-app-v2",
		"git:https://host/%D0%BF.git":                       "project",
		"name:CON":                                          "con",
		"name:.hidden ":                                     "hidden",
		"name:日本語":                                          "project",
		"git:https://host/a%E2%80%AEb%FFc.git":              "abc",
		"name:a\u00adb":                                     "a-b",
		"name:" + Key(strings.Repeat("a-", 50)):             strings.TrimSuffix(strings.Repeat("a-", 20), "-"),
		"name:" + Key(strings.Repeat("a", 39)+" "+"longer"): strings.Repeat("a", 39),
	} {
		stem, hash := key.Dir()[:len(key.Dir())-27], key.Dir()[len(key.Dir())-27:]
		if stem != want {
			t.Errorf("%q.Dir() = %q, want it to begin with %q", key, key.Dir(), want)
		}
		if !regexp.MustCompile(`^-[a-z2-7]{26}$`).MatchString(hash) {
			t.Errorf("%q.Dir() ends in %q", key, hash)
		}
	}
}

func TestDirNeverChanges(t *testing.T) {
	// People's sync folders have this name: another one would orphan their packs.
	if got, want := Key("git:https://github.com/you/myapp.git").Dir(), "myapp-ori77vzz3b4knau7sc7er6wcdi"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzDirIsInjectiveAndLegal(f *testing.F) {
	f.Add("name:con", "name:CON")
	f.Add("git:https://host/a.git", "git:https://host/a.git//a")
	f.Add("name:a.", "name:a ")
	f.Add("", "project")
	legal := regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?-[a-z2-7]{26}$`)
	f.Fuzz(func(t *testing.T, a, b string) {
		if !legal.MatchString(Key(a).Dir()) {
			t.Errorf("%q.Dir() = %q", a, Key(a).Dir())
		}
		if (a == b) != (Key(a).Dir() == Key(b).Dir()) {
			t.Errorf("%q and %q: %q and %q", a, b, Key(a).Dir(), Key(b).Dir())
		}
	})
}

func FuzzParseKey(f *testing.F) {
	for _, s := range []string{"git:https://h/x.git//a", "name:x//y", "git:git@h:x//y", `git:\\s\h\x`, "git:x://a.git//b", "git:file:////s/x//y.git//z", "git:https://h/a//b?c//d.git"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key, err := ParseKey(s)
		if err != nil {
			return
		}
		if again, err := ParseKey(string(key)); err != nil || again != key {
			t.Errorf("ParseKey(%q) = %q, and of that %q, %v", s, key, again, err)
		}
		text := string(key)
		if len(text) > maxKey || !utf8.ValidString(text) || strings.ContainsFunc(text, giturl.Hidden) {
			t.Errorf("ParseKey(%q) = %q", s, key)
		}
		sub := key.Subdir()
		if sub != "" && (path.Clean(sub) != sub || path.IsAbs(sub) || strings.HasPrefix(sub, "..") && !strings.HasPrefix(sub, "...") && (sub == ".." || sub[2] == '/')) {
			t.Errorf("%q has the subdirectory %q", key, sub)
		}
		if whole, err := key.Repository().below(sub); err != nil || whole != key {
			t.Errorf("%q came together as %q, %v", key, whole, err)
		}
		if key.Name() == "" || key.Name() != words.Label(key.Name(), maxLabel) {
			t.Errorf("%q.Name() = %q", key, key.Name())
		}
	})
}
