// Package house holds the rules of this repository that no compiler checks: who may import whom, what a
// package may keep or call, how long a file may be, what must be documented. Each rule is a function over the
// parsed files of all systems, and is proven by samples that break it.
//
// It does not promise that the code is good. It sees no types, so a rule can be fooled on purpose.
package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	longestFile     = 500
	longestFunction = 100
)

// rule is one rule of the house. Its check returns the offenders, as "file:line: offence".
type rule struct {
	name, why string
	check     func(tree) []string
}

func rules() []rule { return append(importRules(), sourceRules()...) }

func sourceRules() []rule {
	return []rule{
		{"libraries are silent", "what is said and when to exit is for main, tray and cli to decide", loud},
		{"no init", "nothing happens before main, and imports have no order", inits},
		{"no package variables", "only error sentinels, embeds, test hooks (Test..., test...) and what the linker sets", variables},
		{"one clock", "time.Now only in functions named now..., which tests replace, and never where things are decided", allowing(clocks)},
		{"tests do not sleep", "wait for the event, or use testing/synctest", sleeps},
		{"short", "one idea a file, one thought a function", lengths},
		{"packages say what they are for", "and what they do not promise", withoutPackageComment},
		{"exported names tell their contract", "in a comment that begins with the name", undocumented},
	}
}

// face reports whether the package may print and end the process: main, supervise, tray, cli and programs.
func (s source) face() bool {
	return s.program() || slices.Contains([]string{".", "syncer/supervise", "tray", "syncer/cli"}, s.dir())
}

// each collects the reports of a check over the wanted files.
func each(all tree, wanted func(source) bool, check func(source, func(ast.Node, string))) []string {
	var bad []string
	for _, s := range all {
		if wanted(s) {
			check(s, func(n ast.Node, text string) { bad = append(bad, s.at(n, text)) })
		}
	}
	return bad
}

func isTest(s source) bool  { return s.isTest() }
func notTest(s source) bool { return !s.isTest() }
func below(s source) bool   { return !s.isTest() && !s.face() }

func loud(all tree) []string {
	return each(all, below, func(s source, report func(ast.Node, string)) {
		s.mentions(s.file, func(n ast.Node, name string) {
			switch {
			case strings.HasPrefix(name, "fmt.Print"), name == "os.Exit", name == "os.Stdout", name == "os.Stderr":
				report(n, name)
			}
		})
		ast.Inspect(s.file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if id, ok := call.Fun.(*ast.Ident); ok && (id.Name == "print" || id.Name == "println") {
					report(n, id.Name)
				}
			}
			return true
		})
	})
}

func inits(all tree) []string {
	return each(all, func(source) bool { return true }, func(s source, report func(ast.Node, string)) {
		s.functions(func(f *ast.FuncDecl) {
			if f.Recv == nil && f.Name.Name == "init" {
				report(f, "func init")
			}
		})
	})
}

func variables(all tree) []string {
	return each(all, notTest, func(s source, report func(ast.Node, string)) {
		for _, d := range s.file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				for _, name := range v.Names {
					if !legalVariable(name.Name) && !setByLinker(s, name.Name) && !embeds(g.Doc) && !embeds(v.Doc) {
						report(name, "var "+name.Name)
					}
				}
			}
		}
	})
}

// legalVariable reports whether the name is a blank (an interface assertion), a sentinel ("Err" or "err" and a
// capital) or a test hook.
func legalVariable(name string) bool {
	for _, prefix := range []string{"Err", "err", "Test", "test"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && startsUpper(rest) {
			return true
		}
	}
	return name == "_"
}

// setByLinker reports whether the name is main's version. The linker's -X can only set a package variable.
func setByLinker(s source, name string) bool {
	return s.dir() == "." && s.program() && name == "version"
}

func startsUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

func embeds(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// timeless reports whether the package may not ask for the time, and gets every time as a value.
func (s source) timeless() bool {
	return slices.Contains([]string{"syncer", "syncer/transcript", "syncer/ccsync", "syncer/doctor", "syncer/cli/view", "tray/menu"}, s.dir())
}

func clocks(all tree) []offence {
	var bad []offence
	for _, s := range all {
		if !below(s) {
			continue
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && !s.timeless() && (strings.HasPrefix(f.Name.Name, "now") || strings.HasPrefix(f.Name.Name, "Now")) {
				continue
			}
			s.mentions(d, func(n ast.Node, name string) {
				if name == "time.Now" || name == "time.Since" || name == "time.Until" {
					bad = append(bad, offence{s.dir(), "clock", s.at(n, name)})
				}
			})
		}
	}
	return bad
}

func sleeps(all tree) []string {
	return each(all, isTest, func(s source, report func(ast.Node, string)) {
		s.mentions(s.file, func(n ast.Node, name string) {
			if name == "time.Sleep" {
				report(n, name)
			}
		})
	})
}

func lengths(all tree) []string {
	return each(all, func(source) bool { return true }, func(s source, report func(ast.Node, string)) {
		if s.length > longestFile {
			report(s.file.Name, fmt.Sprintf("%d lines, want %d at most", s.length, longestFile))
		}
		s.functions(func(f *ast.FuncDecl) {
			lines := s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line + 1
			if lines > longestFunction {
				report(f, fmt.Sprintf("%s has %d lines, want %d at most", f.Name.Name, lines, longestFunction))
			}
		})
	})
}

func withoutPackageComment(all tree) []string {
	told, first := map[string]bool{}, map[string]source{}
	for _, s := range all {
		if s.isTest() {
			continue
		}
		if _, ok := first[s.dir()]; !ok {
			first[s.dir()] = s
		}
		text := strings.TrimSpace(s.file.Doc.Text())
		told[s.dir()] = told[s.dir()] || begins(text, "Package "+s.file.Name.Name) || s.program() && text != ""
	}
	var bad []string
	for _, dir := range sorted(first) {
		if !told[dir] {
			bad = append(bad, first[dir].at(first[dir].file.Name, "package "+first[dir].file.Name.Name+" has no package comment"))
		}
	}
	return bad
}

func undocumented(all tree) []string {
	return each(all, notTest, func(s source, report func(ast.Node, string)) {
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && exportedReceiver(d) && !tells(d.Doc, d.Name.Name) {
					report(d, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					for _, name := range undocumentedNames(d, spec) {
						report(name, name.Name)
					}
				}
			}
		}
	})
}

// exportedReceiver reports whether a method's receiver is exported; for functions it is true.
func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	t := f.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}

// undocumentedNames returns the names of one specification that have no comment. Constants and variables in
// parentheses may share one comment.
func undocumentedNames(g *ast.GenDecl, spec ast.Spec) []*ast.Ident {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		doc := spec.Doc
		if !g.Lparen.IsValid() {
			doc = g.Doc
		}
		if spec.Name.IsExported() && !tells(doc, spec.Name.Name) {
			return []*ast.Ident{spec.Name}
		}
	case *ast.ValueSpec:
		if g.Lparen.IsValid() && g.Doc != nil {
			return nil
		}
		var bad []*ast.Ident
		for _, name := range spec.Names {
			if name.IsExported() && !tells(spec.Doc, name.Name) && !tells(spec.Comment, name.Name) && !tells(g.Doc, name.Name) {
				bad = append(bad, name)
			}
		}
		return bad
	}
	return nil
}

// tells reports whether the comment begins with the name, after an article or not.
func tells(doc *ast.CommentGroup, name string) bool {
	text := doc.Text()
	for _, article := range []string{"A ", "An ", "The "} {
		text = strings.TrimPrefix(text, article)
	}
	return begins(text, name)
}

// begins reports whether text begins with the whole word.
func begins(text, word string) bool {
	rest, ok := strings.CutPrefix(text, word)
	r, _ := utf8.DecodeRuneInString(rest)
	return ok && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}
