package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// layer says what the packages in a folder may import of ours, and why no more. Imports run one way: faces,
// syncer, claude and transport, project and ccsync, internal. A folder ends with "/..." to include those below.
type layer struct {
	dir string
	may []string
	why string
}

// layers is read from the top; the first that fits a package counts. What stands nowhere may import
// nothing of ours, so that a new package has to find its place here.
func layers() []layer {
	const internal = "syncer/internal/..."
	low := []string{"syncer/project", "syncer/ccsync", "syncer/words", internal}
	middle := append([]string{"syncer/claude", "syncer/transport"}, low...)
	library := append([]string{"syncer"}, middle...)
	return []layer{
		{".", append([]string{"tray/...", "notify", "syncer/cli", "icons"}, library...), "it wires the faces, and nobody needs the release program to run"},
		{"build", append([]string{"icons", "syncer/cli"}, library...), "man pages are made of the commands; the desktop's faces have no texts for it"},
		{"build/...", append([]string{"icons"}, library...), "small programs about the code, not about the product"},
		{"tray", append([]string{"tray/...", "icons"}, library...), "main feeds tray and notify, so that either works without the other"},
		{"tray/menu", append([]string{"icons"}, library...), "a picture of what is, drawn without the tray that shows it"},
		{"tray/autostart", nil, "it writes the desktop's files for any program"},
		{"notify", append([]string{"icons"}, library...), "main feeds tray and notify, so that either works without the other"},
		{"syncer/cli", library, "the commands work where there is no desktop"},
		{"syncer", middle, "a library knows none of its faces"},
		{"syncer/claude", low, "what Claude Code does with its folders is no business of the sync folder's"},
		{"syncer/transport", low, "what carries packs does not know where they come from"},
		{"syncer/transport/...", append([]string{"syncer/transport"}, low...), "the suite is for transports of other people's, too"},
		{"syncer/project", []string{"syncer/words", internal}, "a project is known without a session"},
		{"syncer/ccsync", []string{internal}, "a format can be read by a program that does nothing else"},
		{"syncer/words", nil, "how a number is said has nothing to do with what is counted"},
		{internal, []string{internal, "syncer/words"}, "tools of all the others"},
	}
}

// within reports whether dir is what the pattern names.
func within(dir, pattern string) bool {
	if top, ok := strings.CutSuffix(pattern, "/..."); ok {
		return dir == top || strings.HasPrefix(dir, top+"/")
	}
	return dir == pattern
}

func withinAny(dir string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return within(dir, p) })
}

// ours turns an import path of this module into the package's folder.
func ours(imported string) (dir string, ok bool) {
	if imported == module {
		return ".", true
	}
	return strings.CutPrefix(imported, module+"/")
}

// againstTheStream lists imports that no layer allows. Tests are free: they may look from above.
func againstTheStream(all tree) []string {
	var bad []string
	for _, s := range all {
		if s.isTest() {
			continue
		}
		i := slices.IndexFunc(layers(), func(l layer) bool { return within(s.dir(), l.dir) })
		for _, imported := range sorted(s.imports()) {
			dir, ok := ours(imported)
			switch {
			case ok && i < 0:
				bad = append(bad, s.at(s.imports()[imported], "imports "+imported+": the package has no place yet"))
			case ok && !withinAny(dir, layers()[i].may):
				bad = append(bad, s.at(s.imports()[imported], "imports "+imported+": "+layers()[i].why))
			}
		}
	}
	return bad
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// ban keeps the packages in the folders from importing something.
type ban struct {
	dirs   []string // patterns; "!" before one takes it out again
	banned []string // patterns of import paths
	why    string
}

func bans() []ban {
	const systray, beeep = "fyne.io/systray/...", "github.com/gen2brain/beeep/..."
	return []ban{
		{[]string{"syncer/ccsync"}, []string{"os/...", "time/...", "net/..."}, "the format knows no disk, no clock, no network"},
		{[]string{"tray/menu"}, []string{"os/...", systray}, "what the menu shows is decided without a desktop"},
		{[]string{"*", "!tray"}, []string{systray}, "one adapter hides its traps"},
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

// banned lists what bans forbid. Commands of their own may do as main may.
func banned(all tree) []string {
	var bad []string
	for _, s := range all {
		if s.isTest() {
			continue
		}
		for _, b := range bans() {
			for _, imported := range sorted(s.imports()) {
				free := s.program() && within(imported, "log/...")
				if b.covers(s.dir()) && withinAny(imported, b.banned) && !free {
					bad = append(bad, s.at(s.imports()[imported], "imports "+imported+": "+b.why))
				}
			}
		}
	}
	return bad
}

// crowded lists libraries that more files import than have to.
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
		{"imports run one way", "faces, syncer, claude and transport, project and ccsync, internal", againstTheStream},
		{"bans", "see the table of bans", banned},
		{"adapters", "a library that we may have to change is touched in one place", crowded},
	}
}
