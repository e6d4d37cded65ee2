package project

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"claude-sync/syncer/words"
)

func TestLabelsAreAsShortAsTheyCanBe(t *testing.T) {
	long := strings.Repeat("x", 100)
	for name, want := range map[string]map[Key]string{
		"none": {},
		"one":  {"git:https://github.com/you/myapp.git": "myapp"},
		"two owners, and another": {
			"git:https://github.com/you/myapp.git":  "you/myapp",
			"git:https://github.com/them/myapp.git": "them/myapp",
			"git:https://github.com/you/other.git":  "other",
		},
		"two hosts": {
			"git:https://github.com/you/myapp.git":       "github.com/you/myapp",
			"git:https://gitlab.com/you/myapp.git":       "gitlab.com/you/myapp",
			"git:https://gitlab.com:8443/your/myapp.git": "your/myapp",
		},
		"the folder has the short name": {
			"git:https://github.com/you/myapp.git": "you/myapp",
			"name:myapp":                           "myapp",
		},
		"subdirectories": {
			"git:https://github.com/you/myapp.git//web":  "you/myapp/web",
			"git:https://github.com/them/myapp.git//web": "them/myapp/web",
			"git:https://github.com/you/myapp.git":       "myapp",
		},
		"a path and a host": {
			"git:file:///srv/git/myapp.git":    "git/myapp",
			"git:https://host/other/myapp.git": "other/myapp",
		},
		"an owner like a project": {
			"git:https://github.com/a/you.git//myapp": "a/you/myapp",
			"git:https://github.com/you/myapp.git":    "github.com/you/myapp",
			"git:https://github.com/x/myapp.git":      "x/myapp",
		},
		"long, with different ends": {
			Key("name:" + long + "a"): long[:30] + "…" + long[:28] + "a",
			Key("name:" + long + "b"): long[:30] + "…" + long[:28] + "b",
		},
		"too long to tell": {
			Key("name:" + long + "a" + long): "name:" + long[:25] + "…" + long[:29] + " (1)",
			Key("name:" + long + "b" + long): "name:" + long[:25] + "…" + long[:29] + " (2)",
		},
		"alike to the eye": {
			"name:site":                   "name:site (1)",
			"name:si\u3164te":             "name:site (2)",
			"git:https://h/you/app.git":   "app",
			"git:https://h/%E3%85%A4.git": "(no name)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			keys := slices.Collect(maps.Keys(want))
			if got := Labels(append(keys, keys...)); !maps.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

// Labels also gets unparsed keys, and must survive them.
func FuzzLabelsAreUniqueAndVisible(f *testing.F) {
	f.Add("git:https://h/a/x.git\nname:x\nname:x//y\ngit:https://h/b/x.git\nx (1)\n\nname:\u202ex")
	f.Add("a\u202e\na\u200b\na\na (1)\na (2)\na (3)")
	f.Fuzz(func(t *testing.T, lines string) {
		var keys []Key
		for _, line := range strings.Split(lines, "\n") {
			keys = append(keys, Key(line))
		}
		labels := Labels(keys)
		seen := make(map[string]Key)
		for _, k := range keys {
			label, ok := labels[k]
			if other, twice := seen[label]; !ok || twice && other != k {
				t.Errorf("%q and %q have the label %q", k, other, label)
			}
			seen[label] = k
			if label == "" || words.Plain(label) != label || utf8.RuneCountInString(label) > maxLabel+12 {
				t.Errorf("%q has the label %q", k, label)
			}
		}
		slices.Reverse(keys)
		if !maps.Equal(Labels(keys), labels) {
			t.Error("labels depend on the order of keys")
		}
	})
}
