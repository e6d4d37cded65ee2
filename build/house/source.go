package house

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
)

// module is the path under which our own packages import each other.
const module = "claude-sync"

// source is one parsed file.
type source struct {
	name   string // from the repository's root, with slashes
	file   *ast.File
	fset   *token.FileSet
	length int // in lines, of all kinds
	lines  lines
}

// tree is a list of all files, sorted by name.
type tree []source

// dir returns the package's folder, "." for the root.
func (s source) dir() string { return path.Dir(s.name) }

func (s source) isTest() bool { return strings.HasSuffix(s.name, "_test.go") }

// program reports whether the file belongs to a program, like those that draw icons or make packages.
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
	*t = append(*t, source{name, file, fset, strings.Count(string(text), "\n"), linesOf(text)})
	return nil
}

// skipped reports whether the go command, too, skips a folder of this name.
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
