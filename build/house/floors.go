package house

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

const (
	mostFloors = 8 // with main.go
	mostLines  = 1500
	mostNames  = 25
)

// mostNamesIn returns how many names a package may export. The root of the library defines the words that all
// other packages use, and may export more.
func mostNamesIn(dir string) int {
	if dir == "syncer" {
		return 65
	}
	return mostNames
}

// A room is one package as others see it. Its floor is 0 if the table of layers has no row for it.
type room struct {
	dir     string
	floor   int
	code    int      // lines that are neither blank nor comments, without tests
	names   int      // exported, without methods
	imports []string // packages of ours
}

// rooms returns all packages, from the top floor down.
func rooms(all tree) []room {
	names := exportedNames(all)
	found, imports := map[string]*room{}, map[string]map[string]bool{}
	for _, s := range all {
		dir := s.dir()
		if s.isTest() {
			continue
		}
		if found[dir] == nil {
			l, _ := layerOf(dir)
			found[dir], imports[dir] = &room{dir: dir, floor: l.floor, names: len(names[dir])}, map[string]bool{}
		}
		found[dir].code += s.lines.code
		for imported := range s.imports() {
			if below, ok := ours(imported); ok {
				imports[dir][below] = true
			}
		}
	}
	var sortedRooms []room
	for dir, r := range found {
		r.imports = sorted(imports[dir])
		sortedRooms = append(sortedRooms, *r)
	}
	slices.SortFunc(sortedRooms, func(a, b room) int {
		if a.floor != b.floor {
			return b.floor - a.floor
		}
		return strings.Compare(a.dir, b.dir)
	})
	return sortedRooms
}

// upwards lists packages without a floor, and imports of the same floor or a higher one. Only the packages
// of syncer/internal may import each other, and package words: a text that is safe to show is needed everywhere.
func upwards(all tree) []offence {
	const internal = "syncer/internal/..."
	var bad []offence
	for _, r := range rooms(all) {
		if r.floor == 0 {
			bad = append(bad, offence{r.dir, "floor", r.dir + " has no floor"})
		}
		for _, dir := range r.imports {
			l, _ := layerOf(dir)
			if l.floor < r.floor || within(r.dir, internal) && (within(dir, internal) || dir == "syncer/words") {
				continue
			}
			bad = append(bad, offence{r.dir, "imports " + dir, fmt.Sprintf("%s on floor %d imports %s on floor %d", r.dir, r.floor, dir, l.floor)})
		}
	}
	return bad
}

// tooLarge lists packages with too many lines or too many exported names.
func tooLarge(all tree) []offence {
	var bad []offence
	for _, r := range rooms(all) {
		if r.code > mostLines {
			bad = append(bad, offence{r.dir, "lines", fmt.Sprintf("%s has %d lines of code, want %d at most", r.dir, r.code, mostLines)})
		}
		if most := mostNamesIn(r.dir); r.names > most {
			bad = append(bad, offence{r.dir, "names", fmt.Sprintf("%s exports %d names, want %d at most", r.dir, r.names, most)})
		}
	}
	return bad
}

// Floors prints the packages from the top floor down, with their lines of code, their exported names, and
// the packages that they import. It fails if a limit is missed; here no exception counts.
func Floors(root string, out io.Writer) error {
	all, err := load(root)
	if err != nil {
		return err
	}
	return printFloors(all, out)
}

func printFloors(all tree, out io.Writer) error {
	floors := map[int]bool{}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "floor\tpackage\tlines\tnames\timports")
	for _, r := range rooms(all) {
		number := ""
		if !floors[r.floor] {
			number = strconv.Itoa(r.floor)
		}
		floors[r.floor] = true
		name := r.dir
		if name == "." {
			name = "main.go"
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\n", number, name, r.code, r.names, strings.Join(r.imports, " "))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	up, large := upwards(all), tooLarge(all)
	fmt.Fprintf(out, "\n%d floors, at most %d\n%d arrows up, none allowed\n", len(floors), mostFloors, len(up))
	fmt.Fprintf(out, "%d packages over %d lines or over %d exported names (syncer %d)\n", packagesOf(large), mostLines, mostNames, mostNamesIn("syncer"))
	bad := slices.Concat(up, large)
	if top := slices.Max(slices.Collect(maps.Keys(floors))); len(floors) > mostFloors || top > mostFloors {
		bad = append(bad, offence{text: fmt.Sprintf("the house has %d floors, want %d at most", max(len(floors), top), mostFloors)})
	}
	if len(bad) == 0 {
		return nil
	}
	for _, o := range bad {
		fmt.Fprintln(out, "  "+o.text)
	}
	return fmt.Errorf("%d limits of the house are missed", len(bad))
}

// packagesOf counts the packages that offend.
func packagesOf(offences []offence) int {
	dirs := map[string]bool{}
	for _, o := range offences {
		dirs[o.dir] = true
	}
	return len(dirs)
}
