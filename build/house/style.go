package house

import (
	"fmt"
	"go/ast"
	"go/scanner"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
)

// A measure is one line of the style table.
type measure struct{ what, bar, got string }

// Style counts the repository, all systems at once, and prints each measure beside its bar. A rule (rules.go)
// holds some of the bars; the others are for a person to judge.
func Style(root string, out io.Writer) error {
	all, err := load(root)
	if err != nil {
		return err
	}
	c := count{root: root, all: all}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintf(w, "measure\tbar\there\n")
	for _, m := range append(c.shape(), c.order()...) {
		fmt.Fprintf(w, "%s\t%s\t%s\n", m.what, m.bar, m.got)
	}
	return w.Flush()
}

// A count has the files that the table counts.
type count struct {
	root string
	all  tree
}

// lines counts the lines of a file that are not blank.
type lines struct{ code, comment int }

// linesOf counts a text's lines. A line with code and a comment is code.
func linesOf(text []byte) (n lines) {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, scanner.ScanComments)
	code, comment := map[int]bool{}, map[int]bool{}
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.SEMICOLON && literal == "\n" {
			continue // inserted by the scanner
		}
		first := file.Line(pos)
		for i, part := range strings.Split(literal, "\n") {
			if part = strings.TrimSpace(part); part == "" && i > 0 {
				continue
			}
			if tok == token.COMMENT {
				comment[first+i] = true
			} else {
				code[first+i] = true
			}
		}
	}
	for line := range comment {
		if !code[line] {
			n.comment++
		}
	}
	n.code = len(code)
	return n
}

// sum adds up the lines of the wanted files.
func (c count) sum(wanted func(source) bool) (n lines) {
	for _, s := range c.all {
		if wanted(s) {
			n.code += s.lines.code
			n.comment += s.lines.comment
		}
	}
	return n
}

// shape returns the measures of the code's form.
func (c count) shape() []measure {
	largest, lengths := source{}, []int{}
	mainLines := 0
	for _, s := range c.all {
		if s.length > largest.length {
			largest = s
		}
		if s.name == "main.go" {
			mainLines = s.length
		}
		if !s.isTest() {
			s.functions(func(f *ast.FuncDecl) {
				lengths = append(lengths, s.fset.Position(f.End()).Line-s.fset.Position(f.Pos()).Line+1)
			})
		}
	}
	slices.Sort(lengths)
	percentile := func(p int) int { return lengths[(len(lengths)-1)*p/100] }
	names, busiest := c.exported()
	code := c.sum(notTest)
	return []measure{
		{"main.go", "<= 80 lines", fmt.Sprint(mainLines)},
		{"largest file", "<= 500 lines", fmt.Sprintf("%d, %s", largest.length, largest.name)},
		{"function length p50/p90/p99", "<= 9/40/100", fmt.Sprintf("%d/%d/%d of %d", percentile(50), percentile(90), percentile(99), len(lengths))},
		{"packages with a package comment", "100 %", share(len(c.packages())-len(withoutPackageComment(c.all)), len(c.packages()))},
		{"exported names documented", "100 %", share(names-len(undocumented(c.all)), names)},
		{"comment share of lines", "15-25 %", share(code.comment, code.code+code.comment)},
		{"exported names a package", fmt.Sprintf("<= %d, syncer <= %d", mostNames, mostNamesIn("syncer")), busiest},
	}
}

// order returns the measures of tests and dependencies.
func (c count) order() []measure {
	fuzz := 0
	for _, s := range c.all {
		s.functions(func(f *ast.FuncDecl) {
			if s.isTest() && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") {
				fuzz++
			}
		})
	}
	scenarios, _ := filepath.Glob(filepath.Join(c.root, "syncer", "cli", "testdata", "script", "*.txtar")) // the pattern is right
	program, others := c.requirements()
	return []measure{
		{"test lines : code lines", ">= 0.8", c.tested(func(source) bool { return true })},
		{"the same, tray/menu and syncer/ccsync", ">= 2", c.tested(pure)},
		{"scenarios / fuzz targets", ">= 15 / >= 4", fmt.Sprintf("%d / %d", len(scenarios), fuzz)},
		{"time.Sleep in tests", "0", fmt.Sprint(len(sleeps(c.all)))},
		{"package-level mutable variables", "<= 5", fmt.Sprint(c.mutable())},
		{"init() functions", "0", fmt.Sprint(len(inits(c.all)))},
		{"direct requirements (program + tests and build)", "5 + 1", fmt.Sprintf("%d + %d", program, others)},
		{"files importing systray / beeep / xdg", "1 / 1 / 2", fmt.Sprintf("%d / %d / %d",
			c.importing("fyne.io/systray"), c.importing("github.com/gen2brain/beeep"), c.importing("github.com/adrg/xdg"))},
	}
}

// pure reports whether the package decides without any input or output.
func pure(s source) bool { return s.dir() == "tray/menu" || s.dir() == "syncer/ccsync" }

func (c count) tested(wanted func(source) bool) string {
	tests := c.sum(func(s source) bool { return wanted(s) && s.isTest() })
	code := c.sum(func(s source) bool { return wanted(s) && !s.isTest() })
	return fmt.Sprintf("%.1f (%d : %d)", float64(tests.code)/float64(code.code), tests.code, code.code)
}

func (c count) packages() []string {
	var all []string
	for _, s := range c.all {
		if !s.isTest() {
			all = append(all, s.dir())
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// exported counts the names and methods that need a comment, and says which two packages export the most names.
func (c count) exported() (all int, busiest string) {
	for _, s := range c.all {
		if s.isTest() || s.program() {
			continue
		}
		for _, d := range s.file.Decls {
			all += len(exportedBy(d))
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.IsExported() && exportedReceiver(f) {
				all++
			}
		}
	}
	names := exportedNames(c.all)
	dirs := slices.SortedFunc(slices.Values(sorted(names)), func(a, b string) int { return len(names[b]) - len(names[a]) })
	for _, dir := range dirs[:2] {
		busiest += fmt.Sprintf("%s %d, ", dir, len(names[dir]))
	}
	return all, strings.TrimSuffix(busiest, ", ")
}

// exportedNames returns what each package exports, without methods. A name in the files of several systems
// counts once.
func exportedNames(all tree) map[string]map[string]bool {
	names := map[string]map[string]bool{}
	for _, s := range all {
		if s.isTest() || s.program() {
			continue
		}
		if names[s.dir()] == nil {
			names[s.dir()] = map[string]bool{}
		}
		for _, d := range s.file.Decls {
			for _, name := range exportedBy(d) {
				names[s.dir()][name.Name] = true
			}
		}
	}
	return names
}

// exportedBy returns the exported names of one declaration, none for a method.
func exportedBy(d ast.Decl) []*ast.Ident {
	var names []*ast.Ident
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			names = []*ast.Ident{d.Name}
		}
	case *ast.GenDecl:
		names = declared(d)
	}
	return slices.DeleteFunc(names, func(name *ast.Ident) bool { return !name.IsExported() })
}

// declared returns the names of a declaration of types, constants or variables.
func declared(g *ast.GenDecl) []*ast.Ident {
	var names []*ast.Ident
	for _, spec := range g.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			names = append(names, spec.Name)
		case *ast.ValueSpec:
			names = append(names, spec.Names...)
		}
	}
	return names
}

// mutable counts variables of packages that are neither sentinels nor embedded.
func (c count) mutable() int {
	n := 0
	for _, s := range c.all {
		for _, d := range s.file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR || s.isTest() {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				for _, name := range v.Names {
					sentinel := name.Name == "_" || strings.HasPrefix(strings.ToLower(name.Name), "err")
					if !sentinel && !embeds(g.Doc) && !embeds(v.Doc) {
						n++
					}
				}
			}
		}
	}
	return n
}

// requirements counts the direct requirements in go.mod: those that the program imports, and those that only
// tests, icons and releases use.
func (c count) requirements() (program, others int) {
	text, err := os.ReadFile(filepath.Join(c.root, "go.mod"))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) != 2 || !strings.HasPrefix(fields[1], "v") {
			continue // an indirect one has a comment
		}
		if slices.ContainsFunc(c.all, func(s source) bool {
			return !s.isTest() && (!s.program() || s.dir() == ".") && s.needs(fields[0])
		}) {
			program++
		} else {
			others++
		}
	}
	return program, others
}

// needs reports whether the file imports a package of the module.
func (s source) needs(module string) bool {
	for imported := range s.imports() {
		if within(imported, module+"/...") {
			return true
		}
	}
	return false
}

func (c count) importing(library string) int {
	n := 0
	for _, s := range c.all {
		if _, ok := s.imports()[library]; ok && !s.isTest() {
			n++
		}
	}
	return n
}

func share(part, whole int) string {
	return fmt.Sprintf("%.0f %% (%d of %d)", 100*float64(part)/float64(whole), part, whole)
}
