package house

import (
	"strings"
	"testing"
)

func TestTheTableItselfRunsDown(t *testing.T) {
	for _, l := range layers() {
		for _, pattern := range l.may {
			dir, below := strings.CutSuffix(pattern, "/...")
			to, ok := layerOf(dir)
			if below && !ok {
				dir += "/x"
				to, ok = layerOf(dir)
			}
			tools := within(strings.TrimSuffix(l.dir, "/..."), "syncer/internal/...") && (within(dir, "syncer/internal/...") || dir == "syncer/words")
			if dir == l.dir {
				continue // the packages in the folder
			}
			if !ok || to.floor >= l.floor && !tools {
				t.Errorf("%s on floor %d may import %s, on floor %d", l.dir, l.floor, pattern, to.floor)
			}
		}
	}
}

func TestNoExceptionIsIdle(t *testing.T) {
	all, err := load("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range unneeded(all, exceptions()) {
		t.Errorf("%s does not need the exception %q any more: take it out", e.dir, e.limit)
	}
}

func TestAnIdleExceptionIsFound(t *testing.T) {
	var all tree
	if err := all.parse("syncer/packs/a.go", []byte("package packs\nimport _ \"claude-sync/syncer/engine\"\n")); err != nil {
		t.Fatal(err)
	}
	idle := exception{"syncer/packs", "lines"}
	got := unneeded(all, []exception{{"syncer/packs", "imports syncer/engine"}, idle})
	if len(got) != 1 || got[0] != idle {
		t.Errorf("got %v, want %v", got, idle)
	}
}

func TestFloorsArePrintedFromTheTop(t *testing.T) {
	house := map[string]string{
		"main.go":                "package main\nimport _ \"claude-sync/tray\"\n// main runs.\nfunc main() {}\n",
		"tray/a.go":              "package tray\nimport _ \"claude-sync/syncer\"\nfunc Run() {}\n",
		"tray/a_test.go":         "package tray\nimport _ \"claude-sync/notify\"\nfunc Not() {}\n",
		"syncer/a.go":            "package syncer\nimport _ \"os\"\n",
		"syncer/internal/x/a.go": "package x\n",
	}
	const good = `floor  package            lines  names  imports
8      main.go            3      0      tray
7      tray               3      1      syncer
3      syncer             2      0      
1      syncer/internal/x  1      0      

4 floors, at most 8
0 arrows up, none allowed
0 packages over 1500 lines or over 25 exported names (syncer 65)
`
	for _, c := range []struct {
		name, file, text, fails string
		more                    string // what is said of it
	}{
		{"a good house", "main_test.go", "package main\n", "", ""},
		{"an arrow up", "syncer/b.go", "package syncer\nimport _ \"claude-sync/tray\"\n", "1 limits", "  syncer on floor 3 imports tray on floor 7\n"},
		{"too many lines, though there is an exception", "tray/b.go", "package tray\n" + strings.Repeat("const _ = 1\n", 1500), "1 limits",
			"  tray has 1504 lines of code, want 1500 at most\n"},
		{"no floor", "extra/a.go", "package extra\n", "1 limits", "  extra has no floor\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var all tree
			for name, text := range house {
				if err := all.parse(name, []byte(text)); err != nil {
					t.Fatal(err)
				}
			}
			if err := all.parse(c.file, []byte(c.text)); err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			err := printFloors(all, &out)
			if c.fails == "" && (err != nil || out.String() != good) {
				t.Errorf("got %v and\n%s", err, out.String())
			}
			if c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails) || !strings.HasSuffix(out.String(), c.more)) {
				t.Errorf("got %v and\n%s", err, out.String())
			}
		})
	}
}
