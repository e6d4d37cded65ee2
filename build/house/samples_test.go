package house

import (
	"fmt"
	"slices"
	"strings"
)

// sample is a small tree and a part of what the rule reports for it. If want is empty, the rule reports nothing.
type sample struct {
	rule, name string
	files      map[string]string
	want       string
}

// one returns a tree of one file.
func one(name string, lines ...string) map[string]string {
	return map[string]string{name: strings.Join(lines, "\n") + "\n"}
}

// importing returns a tree of one file with imports.
func importing(name string, imports ...string) map[string]string {
	return one(name, "package p", `import (`, `"`+strings.Join(imports, "\"\n\"")+`"`, `)`)
}

func samples() []sample {
	return slices.Concat(importSamples(), floorSamples(), callSamples(), shapeSamples())
}

func importSamples() []sample {
	const way, bans, adapters = "imports run one way", "bans", "adapters"
	systray, beeep, xdg := "fyne.io/systray", "github.com/gen2brain/beeep", "github.com/adrg/xdg"
	return []sample{
		{way, "main may all", importing("main.go", "claude-sync/tray", "claude-sync/notify", "claude-sync/syncer/cli", "claude-sync/syncer"), ""},
		{way, "tray over its parts", importing("tray/a.go", "claude-sync/tray/menu", "claude-sync/tray/autostart", "claude-sync/syncer", "claude-sync/icons"), ""},
		{way, "libraries are not asked", importing("syncer/a.go", "os", "github.com/google/uuid"), ""},
		{way, "a test may look from above", importing("syncer/a_test.go", "claude-sync/syncer/cli"), ""},
		{way, "library on a face", importing("syncer/a.go", "claude-sync/syncer/cli"), "syncer/a.go:3: imports claude-sync/syncer/cli"},
		{way, "face on a face", importing("syncer/cli/a.go", "claude-sync/tray"), "imports claude-sync/tray"},
		{way, "tray on notify", importing("tray/a.go", "claude-sync/notify"), "imports claude-sync/notify"},
		{way, "notify on tray", importing("notify/a.go", "claude-sync/tray"), "imports claude-sync/tray"},
		{way, "menu on tray", importing("tray/menu/a.go", "claude-sync/tray"), "imports claude-sync/tray"},
		{way, "decisions on the disk's packages", importing("syncer/a.go", "claude-sync/syncer/packs"), "words and decisions need no disk"},
		{way, "reading on writing", importing("syncer/scan/a.go", "claude-sync/syncer/apply"), "reading does not know of writing"},
		{way, "writing on reading", importing("syncer/apply/a.go", "claude-sync/syncer/scan"), "writing does not know of reading"},
		{way, "reading with its cache", importing("syncer/scan/a.go", "claude-sync/syncer/scan/cache", "claude-sync/syncer/packs"), ""},
		{way, "menu on the engine", importing("tray/menu/a.go", "claude-sync/syncer/engine"), "imports claude-sync/syncer/engine"},
		{way, "notify on the engine", importing("notify/a.go", "claude-sync/syncer/engine"), "imports claude-sync/syncer/engine"},
		{way, "tray on the engine", importing("tray/a.go", "claude-sync/syncer/engine", "claude-sync/syncer/watch", "claude-sync/tray/panel"), ""},
		{way, "engine on a face", importing("syncer/engine/a.go", "claude-sync/syncer/cli"), "a library knows none of its faces"},
		{way, "menu on its vocabulary", importing("tray/menu/a.go", "claude-sync/syncer", "claude-sync/syncer/command", "claude-sync/syncer/words"), ""},
		{way, "menu on a transport", importing("tray/menu/a.go", "claude-sync/syncer/transport"), "imports claude-sync/syncer/transport"},
		{way, "notify on Claude Code's folders", importing("notify/a.go", "claude-sync/syncer/claude"), "imports claude-sync/syncer/claude"},
		{way, "a command on the library", importing("syncer/command/a.go", "claude-sync/syncer"), "imports claude-sync/syncer"},
		{way, "the panel on the library", importing("tray/panel/a.go", "claude-sync/tray/menu", "claude-sync/syncer"), "imports claude-sync/syncer"},
		{way, "claude on transport", importing("syncer/claude/a.go", "claude-sync/syncer/transport"), "imports claude-sync/syncer/transport"},
		{way, "project on claude", importing("syncer/project/a.go", "claude-sync/syncer/claude"), "imports claude-sync/syncer/claude"},
		{way, "internal on syncer", importing("syncer/internal/lock/a.go", "claude-sync/syncer"), "imports claude-sync/syncer"},
		{way, "on the root", importing("syncer/a.go", "claude-sync"), "imports claude-sync"},
		{way, "a package without a place", importing("extra/a.go", "claude-sync/syncer"), "extra/a.go:3"},

		{bans, "rows with disk", importing("syncer/transcript/a.go", "io", "os"), `imports os`},
		{bans, "rows with processes", importing("syncer/transcript/a.go", "os/exec"), `imports os/exec`},
		{bans, "format with disk", importing("syncer/ccsync/a.go", "io", "os"), `imports os`},
		{bans, "format with clock", importing("syncer/ccsync/a.go", "time"), `imports time`},
		{bans, "format with network", importing("syncer/ccsync/a.go", "net/http"), `imports net/http`},
		{bans, "format with names alike", importing("syncer/ccsync/a.go", "timeless", "network"), ""},
		{bans, "command with os", importing("syncer/command/a.go", "os"), "imports os"},
		{bans, "menu with os", importing("tray/menu/a.go", "os/exec"), "imports os/exec"},
		{bans, "menu with systray", importing("tray/menu/a.go", systray), "imports fyne.io/systray"},
		{bans, "systray elsewhere", importing("notify/a.go", systray+"/internal/x"), "imports fyne.io/systray"},
		{bans, "systray in tray", importing("tray/a.go", systray), "imports fyne.io/systray"},
		{bans, "systray in its adapter, log in tray", map[string]string{"tray/panel/a.go": "package panel\nimport _ \"" + systray + "\"\n", "tray/a.go": "package tray\nimport _ \"log\"\n"}, ""},
		{bans, "beeep elsewhere", importing("tray/a.go", beeep), "imports github.com/gen2brain/beeep"},
		{bans, "beeep in notify", importing("notify/a.go", beeep), ""},
		{bans, "log in a library", importing("syncer/a.go", "log"), "imports log"},
		{bans, "slog below tray", importing("tray/autostart/a.go", "log/slog"), "imports log/slog"},
		{bans, "log in a program", one("icons/draw/a.go", "package main", `import "log"`), ""},
		{bans, "log in a test", importing("syncer/a_test.go", "log"), ""},

		{adapters, "two files of systray", map[string]string{"tray/panel/a.go": "package panel\nimport _ \"" + systray + "\"\n",
			"tray/panel/b_windows.go": "package panel\nimport _ \"" + systray + "\"\n"}, "want 1 at most"},
		{adapters, "two files of beeep", map[string]string{"notify/a.go": "package notify\nimport _ \"" + beeep + "\"\n",
			"notify/b.go": "package notify\nimport _ \"" + beeep + "\"\n"}, "want 1 at most"},
		{adapters, "two files of xdg, and a test", map[string]string{"a.go": "package p\nimport _ \"" + xdg + "\"\n",
			"b.go": "package p\nimport _ \"" + xdg + "\"\n", "c_test.go": "package p\nimport _ \"" + xdg + "\"\n"}, ""},
		{adapters, "three files of xdg", map[string]string{"a.go": "package p\nimport _ \"" + xdg + "\"\n",
			"b.go": "package p\nimport _ \"" + xdg + "\"\n", "c.go": "package p\nimport _ \"" + xdg + "\"\n"}, "want 2 at most"},
	}
}

func floorSamples() []sample {
	const floors, small = "floors", "rooms are small"
	code := func(n int) string { return strings.Repeat("const _ = 1\n", n-1) }
	names := func(n int) string {
		var all strings.Builder
		for i := range n {
			fmt.Fprintf(&all, "const N%d = 1\n", i)
		}
		return all.String()
	}
	return []sample{
		{floors, "down", importing("syncer/scan/a.go", "claude-sync/syncer/claude", "claude-sync/syncer/internal/dir"), ""},
		{floors, "up", importing("syncer/packs/a.go", "claude-sync/syncer/engine"), "syncer/packs on floor 3 imports syncer/engine on floor 5"},
		{floors, "level", importing("syncer/scan/a.go", "claude-sync/syncer/apply"), "syncer/scan on floor 4 imports syncer/apply on floor 4"},
		{floors, "level among tools", importing("syncer/internal/dir/a.go", "claude-sync/syncer/internal/stamp"), ""},
		{floors, "level, of tools", importing("syncer/words/a.go", "claude-sync/syncer/internal/stamp"), "syncer/words on floor 1"},
		{floors, "up, in a test", importing("syncer/packs/a_test.go", "claude-sync/syncer/engine"), ""},
		{floors, "nowhere", one("extra/a.go", "package extra"), "extra has no floor"},

		{small, "lines", one("syncer/packs/a.go", "package packs", code(1501)), "syncer/packs has 1501 lines of code"},
		{small, "lines of two files", map[string]string{"syncer/packs/a.go": "package packs\n" + code(1000), "syncer/packs/b_windows.go": "package packs\n" + code(501)}, "1501 lines"},
		{small, "lines just so", one("syncer/packs/a.go", "package packs", code(1500)), ""},
		{small, "lines that are not code", one("syncer/packs/a.go", "package packs", code(1500), strings.Repeat("// A comment.\n\n", 100)), ""},
		{small, "lines of tests", one("syncer/packs/a_test.go", "package packs", code(2000)), ""},
		{small, "names", one("syncer/packs/a.go", "package packs", names(26)), "syncer/packs exports 26 names, want 25 at most"},
		{small, "names just so", one("syncer/packs/a.go", "package packs", names(25), "func (p p) Method() {}", "func f() {}"), ""},
		{small, "names of every kind", one("syncer/packs/a.go", "package packs", names(22), "type T int", "func F() {}", "var (", "A, B int", ")"), "26 names"},
		{small, "names of two systems", map[string]string{"syncer/packs/a.go": "package packs\n" + names(25), "syncer/packs/a_windows.go": "package packs\n" + names(25)}, ""},
		{small, "names of a program", one("build/bench/a.go", "package main", names(26)), ""},
	}
}

func callSamples() []sample {
	const silent, clock, sleep = "libraries are silent", "one clock", "tests do not sleep"
	fn := func(head, body string, imports ...string) []string {
		return []string{"package p", `import "` + strings.Join(imports, "\"\nimport \"") + `"`, head + " {", body, "}"}
	}
	return []sample{
		{silent, "print", one("syncer/a.go", fn("func f()", "fmt.Printf(`x`)", "fmt")...), "syncer/a.go:4: fmt.Printf"},
		{silent, "print under another name", one("syncer/a.go", "package p", `import say "fmt"`, "func f() { say.Println() }"), "fmt.Println"},
		{silent, "print as a value", one("syncer/a.go", "package p", `import "fmt"`, "func f() any { return fmt.Print }"), "fmt.Print"},
		{silent, "exit", one("notify/a.go", fn("func f()", "os.Exit(1)", "os")...), "os.Exit"},
		{silent, "to stderr", one("tray/menu/a.go", fn("func f()", "fmt.Fprintln(os.Stderr)", "fmt", "os")...), "os.Stderr"},
		{silent, "builtin", one("syncer/a.go", "package p", "func f() { println(1) }"), "println"},
		{silent, "to a writer", one("syncer/a.go", fn("func f(w io.Writer)", "fmt.Fprintln(w)", "fmt", "io")...), ""},
		{silent, "another Exit", one("syncer/a.go", "package p", "func f(os door) { os.Exit(1) }"), ""},
		{silent, "the faces", map[string]string{"main.go": "package main\nimport \"os\"\nfunc f() { os.Exit(1) }\n",
			"syncer/cli/a.go": "package cli\nimport \"os\"\nfunc f() { os.Exit(1) }\n", "tray/a.go": "package tray\nimport \"os\"\nfunc f() { os.Exit(1) }\n"}, ""},
		{silent, "an example", one("syncer/a_test.go", fn("func Example()", "fmt.Println(1)", "fmt")...), ""},

		{clock, "anywhere", one("syncer/apply/a.go", fn("func f() any", "return time.Now()", "time")...), "syncer/apply/a.go:4: time.Now"},
		{clock, "hidden", one("notify/a.go", fn("func f(t time.Time) any", "return time.Since(t)", "time")...), "time.Since"},
		{clock, "as a value", one("syncer/apply/a.go", "package p", `import "time"`, "func f() any { return time.Now }"), "time.Now"},
		{clock, "in a variable", one("syncer/apply/a.go", "package p", `import "time"`, "var errClock = time.Now()"), "time.Now"},
		{clock, "a clock among decisions", one("syncer/transcript/a.go", fn("func now() time.Time", "return time.Now()", "time")...), "syncer/transcript/a.go:4: time.Now"},
		{clock, "the clock itself", one("syncer/engine/a.go", fn("func (m m) now() time.Time", "return time.Now()", "time")...), ""},
		{clock, "a face", one("tray/a.go", fn("func f() any", "return time.Now()", "time")...), ""},
		{clock, "a test", one("syncer/a_test.go", fn("func f() any", "return time.Now()", "time")...), ""},

		{sleep, "a test", one("syncer/a_test.go", fn("func f()", "time.Sleep(1)", "time")...), "syncer/a_test.go:4: time.Sleep"},
		{sleep, "of a face, under another name", one("tray/a_test.go", "package p", `import zzz "time"`, "func f() { zzz.Sleep(1) }"), "time.Sleep"},
		{sleep, "no test", one("syncer/a.go", fn("func f()", "time.Sleep(1)", "time")...), ""},
	}
}

func shapeSamples() []sample {
	const noInit, variable, short = "no init", "no package variables", "short"
	const purpose, contract = "packages say what they are for", "exported names tell their contract"
	lines := func(n int) string { return strings.Repeat("\n", n) }
	return []sample{
		{noInit, "a function", one("a.go", "package p", "func init() {}"), "a.go:2: func init"},
		{noInit, "in a test", one("a_test.go", "package p", "func init() {}"), "func init"},
		{noInit, "a method", one("a.go", "package p", "func (t t) init() {}"), ""},

		{variable, "plain", one("a.go", "package p", "var cache = map[string]int{}"), "a.go:2: var cache"},
		{variable, "in a group", one("a.go", "package p", "var (", "ErrA = f()", "b, ErrC int", ")"), "a.go:4: var b"},
		{variable, "almost a sentinel", one("a.go", "package p", "var errand = 1"), "var errand"},
		{variable, "almost a hook", one("a.go", "package p", "var tested = 1"), "var tested"},
		{variable, "sentinels, hooks, assertions", one("a.go", "package p", "var ErrA = f()", "var errB = f()", "var TestHook func()", "var testHook func()", "var _ I = T{}"), ""},
		{variable, "embedded", one("a.go", "package p", "//go:embed x", "var x string", "var (", "// y is y.", "//go:embed y", "y string", ")"), ""},
		{variable, "local", one("a.go", "package p", "func f() { var x int; _ = x }"), ""},
		{variable, "the linker's", one("main.go", "package main", "var version string"), ""},
		{variable, "not the linker's", one("tray/a.go", "package tray", "var version string"), "var version"},
		{variable, "in a test", one("a_test.go", "package p", "var update = 1"), ""},

		{short, "a file", one("a.go", "package p"+lines(500)), "a.go:1: 501 lines"},
		{short, "a file just so", one("a.go", "package p"+lines(499)), ""},
		{short, "a function", one("a_test.go", "package p", "func f() {"+lines(100)+"}"), "a_test.go:2: f has 101 lines"},
		{short, "a function just so", one("a.go", "package p", "func f() {"+lines(99)+"}"), ""},

		{purpose, "none", one("x/a.go", "package p"), "x/a.go:1: package p has no package comment"},
		{purpose, "a licence only", one("a.go", "// All rights reserved.", "package p"), "no package comment"},
		{purpose, "detached", one("a.go", "// Package p is good.", "", "package p"), "no package comment"},
		{purpose, "in a test only", map[string]string{"a.go": "package p\n", "a_test.go": "// Package p is good.\npackage p\n"}, "no package comment"},
		{purpose, "in one of its files", map[string]string{"a.go": "package p\n", "b.go": "// Package p is good.\npackage p\n"}, ""},
		{purpose, "a command", one("a.go", "// Draw makes the icons.", "package main"), ""},
		{purpose, "a silent command", one("a.go", "package main"), "no package comment"},

		{contract, "a function", one("a.go", "package p", "func Load() {}"), "a.go:2: Load"},
		{contract, "begins with something else", one("a.go", "package p", "// Loads all.", "func Load() {}"), "Load"},
		{contract, "a method", one("a.go", "package p", "func (t *T) Load() {}"), "Load"},
		{contract, "a method of a type with parameters", one("a.go", "package p", "func (t *T[K, V]) Load() {}"), "Load"},
		{contract, "a type", one("a.go", "package p", "type T int"), "T"},
		{contract, "a type in a group with one comment", one("a.go", "package p", "// Types.", "type (", "T int", ")"), "a.go:4: T"},
		{contract, "a constant", one("a.go", "package p", "const A = 1"), "A"},
		{contract, "a constant in a silent group", one("a.go", "package p", "const (", "// A is one.", "A = 1", "B = 2", ")"), "a.go:5: B"},
		{contract, "all told", one("a.go", "package p", "// Load loads.", "func Load() {}", "// A T is a thing.", "type T int",
			"// Len counts.", "func (t T) Len() {}", "// The colours.", "const (", "Red = 1", "Blue = 2", ")", "const (", "One = 1 // One is the first.", ")"), ""},
		{contract, "nobody's business", one("a.go", "package p", "func load() {}", "func (t t) Len() {}", "func (t *t[K]) Cap() {}", "const a = 1"), ""},
		{contract, "in a test", one("a_test.go", "package p", "func TestX() {}"), ""},
	}
}
