// Darwincheck type-checks packages for macOS, those with cgo too, on a machine that has neither a Mac's
// compiler nor its headers:
//
//	go run ./build/darwincheck [-os darwin] [packages]
//
// It prints what is wrong in the packages named, "./..." unless said otherwise, and exits with 1 then.
//
// It is there because go vet needs a C compiler for the packages in which macOS has the tray. What C says
// is taken on trust here: a call of C with wrong arguments goes unnoticed, so a build on a Mac is still
// worth more. Tests are left out.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// arch is a current Mac's; nothing in this module depends on it.
const arch = "arm64"

func main() {
	goos := flag.String("os", "darwin", "the operating system to check for")
	flag.Parse()
	patterns := flag.Args()
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	found, err := check(".", *goos, patterns)
	for _, f := range found {
		fmt.Println(f)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "darwincheck:", err)
	}
	if err != nil || len(found) > 0 {
		os.Exit(1)
	}
}

// listed is what go list tells of a package.
type listed struct {
	Dir, ImportPath   string
	GoFiles, CgoFiles []string
	DepOnly           bool
	Module            *struct{ GoVersion string }
	Error             *struct{ Err string }
}

// check returns what is wrong in the packages that the patterns name, seen from dir.
func check(dir, goos string, patterns []string) ([]error, error) {
	cmd := exec.Command("go", append([]string{"list", "-e", "-deps", "-json", "--"}, patterns...)...)
	cmd.Dir = dir
	// To list needs no C compiler, but only with cgo do the files that import "C" count.
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+arch, "CGO_ENABLED=1")
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, fmt.Errorf("go list: %s", bytes.TrimSpace(exit.Stderr))
	}
	if err != nil {
		return nil, err
	}
	c := checker{fset: token.NewFileSet(), done: map[string]*types.Package{"unsafe": types.Unsafe}}
	err = c.all(json.NewDecoder(bytes.NewReader(out)))
	return c.found, err
}

type checker struct {
	fset  *token.FileSet
	done  map[string]*types.Package
	found []error
}

// all checks the packages in the order in which go list gives them: dependencies first.
func (c *checker) all(list *json.Decoder) error {
	for {
		var p listed
		if err := list.Decode(&p); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading what go list says: %w", err)
		}
		if p.ImportPath != "unsafe" {
			c.one(p)
		}
	}
}

// one checks a package. Of dependencies only what they offer counts, and their mistakes are not ours.
func (c *checker) one(p listed) {
	report := func(err error) {
		if !p.DepOnly {
			c.found = append(c.found, err)
		}
	}
	if p.Error != nil {
		report(fmt.Errorf("%s: %s", p.ImportPath, p.Error.Err))
	}
	config := types.Config{
		FakeImportC:      true,
		IgnoreFuncBodies: p.DepOnly,
		Sizes:            types.SizesFor("gc", arch),
		Importer:         importer(c.done),
		Error:            report,
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		config.GoVersion = "go" + p.Module.GoVersion
	}
	c.done[p.ImportPath], _ = config.Check(p.ImportPath, c.fset, c.parse(p, report), nil) // Error has it
}

func (c *checker) parse(p listed, report func(error)) []*ast.File {
	var files []*ast.File
	for _, name := range append(p.GoFiles, p.CgoFiles...) {
		f, err := parser.ParseFile(c.fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			report(err)
			continue
		}
		files = append(files, f)
	}
	return files
}

// importer finds what was checked before. The packages that the standard library vendors are listed under
// another name than they are imported by, and so not found: nothing that it offers has their types.
type importer map[string]*types.Package

// Import implements types.Importer.
func (i importer) Import(path string) (*types.Package, error) {
	if p := i[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s is not there", path)
}
