// Package build_test holds the house rules that no compiler checks: who may import whom, what a package
// may keep or call, how long a file may be, what must be documented. Every rule is a function over the
// parsed tree, of all systems at once, and is itself proven to fail by bad examples.
//
// It does not promise that the code is good, and sees no types: a rule can be fooled on purpose.
package build_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// module is the path under which our own packages import each other.
const module = "claude-sync"

// source is one parsed file.
type source struct {
	name  string // from the repository's root, with slashes
	file  *ast.File
	fset  *token.FileSet
	lines int
}

// tree is all files in the order of names.
type tree []source

// dir is the package's folder, "." for the root.
func (s source) dir() string { return path.Dir(s.name) }

func (s source) isTest() bool { return strings.HasSuffix(s.name, "_test.go") }

// program reports whether the file belongs to a command of its own, like those that draw or release.
func (s source) program() bool { return s.file.Name.Name == "main" }

func (s source) at(n ast.Node, text string) string {
	return s.name + ":" + strconv.Itoa(s.fset.Position(n.Pos()).Line) + ": " + text
}

// imports returns the paths that the file imports, each with its node.
func (s source) imports() map[string]ast.Node {
	all := map[string]ast.Node{}
	for _, spec := range s.file.Imports {
		all[importPath(spec)] = spec
	}
	return all
}

func importPath(spec *ast.ImportSpec) string {
	p, _ := strconv.Unquote(spec.Path.Value)
	return p
}

// mentions visits every mention of a member of an imported package as "path.Member".
func (s source) mentions(root ast.Node, visit func(n ast.Node, name string)) {
	local := map[string]string{}
	for _, spec := range s.file.Imports {
		p := importPath(spec)
		name := path.Base(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		local[name] = p
	}
	ast.Inspect(root, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && local[id.Name] != "" {
			visit(n, local[id.Name]+"."+sel.Sel.Name)
		}
		return true
	})
}

// functions visits the file's functions and methods.
func (s source) functions(visit func(*ast.FuncDecl)) {
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			visit(f)
		}
	}
}

// parse reads one file into the tree.
func (t *tree) parse(name string, text []byte) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	*t = append(*t, source{name, file, fset, strings.Count(string(text), "\n")})
	return nil
}

// skipped tells the folders that the go command does not look into either.
func skipped(name string) bool {
	return name == "testdata" || len(name) > 1 && (name[0] == '.' || name[0] == '_')
}

// load parses every Go file below root.
func load(root string) (tree, error) {
	var all tree
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != root && skipped(d.Name()) {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(p) != ".go" {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		return all.parse(filepath.ToSlash(rel), text)
	})
	return all, err
}

// rule is one law of the house. Its check returns the offenders, as "file:line: what".
type rule struct {
	name, why string
	check     func(tree) []string
}

func rules() []rule { return append(importRules(), sourceRules()...) }

func TestTheTreeKeepsTheHouseRules(t *testing.T) {
	all, err := load("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			for _, offender := range r.check(all) {
				t.Errorf("%s (%s)", offender, r.why)
			}
		})
	}
}

func TestEveryRuleFindsWhatItForbids(t *testing.T) {
	tried := map[string]bool{}
	for _, c := range samples() {
		tried[c.rule] = tried[c.rule] || c.want != ""
		t.Run(c.rule+"/"+c.name, func(t *testing.T) {
			var all tree
			for name, text := range c.files {
				if err := all.parse(name, []byte(text)); err != nil {
					t.Fatal(err)
				}
			}
			got := strings.Join(checkOf(t, c.rule)(all), "\n")
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	for _, r := range rules() {
		if !tried[r.name] {
			t.Errorf("no sample breaks the rule %q", r.name)
		}
	}
}

func checkOf(t *testing.T, name string) func(tree) []string {
	t.Helper()
	for _, r := range rules() {
		if r.name == name {
			return r.check
		}
	}
	t.Fatalf("no rule %q", name)
	return nil
}

func TestLoadReadsWhatTheGoCommandReads(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"a.go", "b/b_windows.go", "b/testdata/c.go", ".hidden/d.go", "_old/e.go", "b/f.txt"} {
		p := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte("package x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range all {
		got = append(got, s.name)
	}
	if want := "a.go b/b_windows.go"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if err := os.WriteFile(filepath.Join(root, "a.go"), []byte("packag"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := load(root); err == nil {
		t.Error("a file that does not parse was passed over")
	}
}
