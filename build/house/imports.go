package house

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// layer is a row of the table: the floor on which the packages of a folder stand, what they may import of
// ours, and why no more. A folder that ends with "/..." includes those below it.
type layer struct {
	floor int
	dir   string
	may   []string
	why   string
}

// layers returns the table. The first row that fits a package counts. A package without a row may import
// nothing of ours, so a new package has to find its place here.
func layers() []layer {
	const internal = "syncer/internal/..."
	format := []string{"syncer/ccsync", "syncer/words", internal}
	known := append([]string{"syncer/project", "syncer/transcript"}, format...)
	decided := append([]string{"syncer", "syncer/transport"}, known...)
	stores := append([]string{"syncer/claude", "syncer/packs", "syncer/installed"}, decided...)
	library := append([]string{"syncer/command", "syncer/machines", "syncer/doctor", "syncer/scan/...", "syncer/apply", "syncer/transport/hang", "syncer/transport/provider", "syncer/engine"}, stores...)
	program := append([]string{"syncer/watch", "syncer/web", "syncer/examine"}, library...)
	seen := []string{"syncer", "syncer/command", "syncer/ccsync", "syncer/project", "syncer/words", "icons"}
	return []layer{
		{8, ".", append([]string{"tray/...", "notify", "syncer/supervise", "syncer/cli", "icons"}, program...), "it wires the faces, and has no use for the release program"},
		{8, "build", append([]string{"icons", "syncer/cli", "build/house"}, library...), "man pages are made of the commands; the desktop's faces have no texts for it"},
		{1, "build/house", nil, "it reads the code as text"},
		{7, "build/...", append([]string{"icons"}, library...), "small programs about the code, not about the product"},
		{7, "tray", append([]string{"tray/...", "icons"}, program...), "main feeds tray and notify, so that either works without the other"},
		{7, "notify", seen, "it decides on what it is given: snapshots and events"},
		{7, "syncer/cli", append([]string{"syncer/cli/view"}, program...), "the commands work where there is no desktop"},
		{1, "syncer/supervise", nil, "how a process ends has nothing to do with what it does"},
		{6, "tray/autostart", nil, "it writes the desktop's files for any program"},
		{6, "tray/panel", []string{"tray/menu", "tray/internal/...", "icons", "syncer/command", "syncer/words"}, "it shows a menu, and does not know what a click does"},
		{6, "tray/desk", []string{"tray/session"}, "it opens files and windows of the desktop for any program"},
		{5, "tray/session", nil, "a desktop session is the same for any program"},
		{1, "tray/internal/...", nil, "tools of the tray's packages"},
		{5, "tray/menu", seen, "a picture of a snapshot, drawn without the tray that shows it"},
		{5, "syncer/cli/view", []string{"syncer", "syncer/project", "syncer/words"}, "a snapshot is shown without the machine that took it"},
		{6, "syncer/watch", library, "it decides when to look; a face shows what came of it"},
		{6, "syncer/examine", library, "it gathers facts for the doctor, and shows none"},
		{6, "syncer/web", library, "a page in the browser is a face of its own"},
		{5, "syncer/engine", append([]string{"syncer/command", "syncer/machines", "syncer/doctor", "syncer/scan/...", "syncer/apply", "syncer/transport/hang"}, stores...), "a library knows none of its faces"},
		{3, "syncer/scan/cache", known, "a cache knows what was read, not who reads"},
		{1, "syncer/scan/owners", nil, "who owns something is settled without knowing what it is"},
		{4, "syncer/scan", append([]string{"syncer/scan/cache", "syncer/scan/owners"}, stores...), "reading does not know of writing"},
		{4, "syncer/doctor", decided, "it judges facts, and does not gather them"},
		{4, "syncer/apply", stores, "writing does not know of reading"},
		{3, "syncer", append([]string{"syncer/transport"}, known...), "words and decisions need no disk"},
		{3, "syncer/claude", append([]string{"syncer/transcript"}, format...), "what Claude Code does with its folders is no business of the sync folder's"},
		{3, "syncer/packs", append([]string{"syncer/transport"}, known...), "a pack does not know where its transcript lies"},
		{3, "syncer/machines", append([]string{"syncer/project", "syncer/transport"}, format...), "who takes part has nothing to do with what they say"},
		{3, "syncer/installed", append([]string{"syncer/project"}, format...), "a list of sessions knows no session"},
		{2, "syncer/transport", []string{internal}, "what carries packs does not know what is in them"},
		{3, "syncer/transport/...", []string{"syncer/transport", internal}, "the suite, and the watch for a place that does not answer, are for transports of other people's, too"},
		{2, "syncer/transcript", format, "rows are read from anywhere"},
		{3, "syncer/command", []string{"syncer/ccsync", "syncer/project", "syncer/words"}, "a wish knows nothing of how it is fulfilled"},
		{2, "syncer/project", []string{internal, "syncer/words"}, "a project is known without a session"},
		{1, "syncer/ccsync", nil, "a format can be read by a program that does nothing else"},
		{1, "syncer/words", nil, "how a number is said has nothing to do with what is counted"},
		{1, "icons/...", nil, "pictures are for any program"},
		{1, internal, []string{internal, "syncer/words"}, "tools of all the others"},
	}
}

// layerOf returns the row for a package.
func layerOf(dir string) (layer, bool) {
	i := slices.IndexFunc(layers(), func(l layer) bool { return within(dir, l.dir) })
	if i < 0 {
		return layer{}, false
	}
	return layers()[i], true
}

// within reports whether the pattern matches dir.
func within(dir, pattern string) bool {
	if top, ok := strings.CutSuffix(pattern, "/..."); ok {
		return dir == top || strings.HasPrefix(dir, top+"/")
	}
	return dir == pattern
}

func withinAny(dir string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return within(dir, p) })
}

// ours returns the folder of a package of this module.
func ours(imported string) (dir string, ok bool) {
	if imported == module {
		return ".", true
	}
	return strings.CutPrefix(imported, module+"/")
}

// againstTheStream lists imports that no layer allows. Tests may import anything.
func againstTheStream(all tree) []offence {
	var bad []offence
	for _, s := range all {
		if s.isTest() {
			continue
		}
		l, placed := layerOf(s.dir())
		for _, imported := range sorted(s.imports()) {
			dir, ok := ours(imported)
			why := l.why
			if !placed {
				why = "the package has no place yet"
			}
			if ok && !withinAny(dir, l.may) {
				bad = append(bad, offence{s.dir(), "imports " + dir, s.at(s.imports()[imported], "imports "+imported+": "+why)})
			}
		}
	}
	return bad
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// ban forbids the packages in some folders to import something.
type ban struct {
	dirs   []string // patterns; "!" excludes the pattern after it
	banned []string // patterns of import paths
	why    string
}

func bans() []ban {
	const systray, beeep = "fyne.io/systray/...", "github.com/gen2brain/beeep/..."
	return []ban{
		{[]string{"syncer", "syncer/transcript", "syncer/command", "syncer/doctor"}, []string{"os/..."}, "words and decisions need no disk"},
		{[]string{"syncer/ccsync"}, []string{"os/...", "time/...", "net/..."}, "the format knows no disk, no clock, no network"},
		{[]string{"tray/menu"}, []string{"os/...", systray}, "what the menu shows is decided without a desktop"},
		{[]string{"*", "!tray/panel"}, []string{systray}, "one adapter hides its traps"},
		{[]string{"*", "!notify"}, []string{beeep}, "one adapter hides its traps"},
		{[]string{"*", "!.", "!tray", "!syncer/cli"}, []string{"log/..."}, "a library reports, and its caller logs"},
	}
}

func (b ban) covers(dir string) bool {
	if slices.Contains(b.dirs, "!"+dir) {
		return false
	}
	return b.dirs[0] == "*" || withinAny(dir, b.dirs)
}

// banned lists imports that a ban forbids. Programs may import log, as main may.
func banned(all tree) []offence {
	var bad []offence
	for _, s := range all {
		if s.isTest() {
			continue
		}
		for _, b := range bans() {
			for _, imported := range sorted(s.imports()) {
				free := s.program() && within(imported, "log/...")
				if b.covers(s.dir()) && withinAny(imported, b.banned) && !free {
					bad = append(bad, offence{s.dir(), "imports " + imported, s.at(s.imports()[imported], "imports "+imported+": "+b.why)})
				}
			}
		}
	}
	return bad
}

// crowded lists libraries that too many files import.
func crowded(all tree) []string {
	most := map[string]int{"fyne.io/systray": 1, "github.com/gen2brain/beeep": 1, "github.com/adrg/xdg": 2}
	var bad []string
	for _, library := range sorted(most) {
		var users []string
		for _, s := range all {
			if _, ok := s.imports()[library]; ok && !s.isTest() {
				users = append(users, s.name)
			}
		}
		if len(users) > most[library] {
			bad = append(bad, fmt.Sprintf("%s is imported by %s, want %d at most", library, strings.Join(users, ", "), most[library]))
		}
	}
	return bad
}

func importRules() []rule {
	return []rule{
		{"imports run one way", "see the table of layers", allowing(againstTheStream)},
		{"floors", "an import leads to a lower floor", allowing(upwards)},
		{"rooms are small", "a package is to be read in one sitting", allowing(tooLarge)},
		{"bans", "see the table of bans", allowing(banned)},
		{"adapters", "a library that we may have to change is touched in one place", crowded},
	}
}
