// Darwincheck type-checks packages for macOS, also packages with cgo, on a machine without a Mac's compiler and
// headers:
//
//	go run ./build/darwincheck [-os darwin] [packages]
//
// It prints the errors in the packages, by default in "./...", and exits with 1 if there are any.
//
// It exists because go vet needs a C compiler for the packages of the macOS tray. It does not check calls of C: a
// call with wrong arguments goes unnoticed, so a build on a Mac is still worth more. Tests are left out.
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

// arch is the architecture of a current Mac. Nothing in this module depends on it.
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

// listed is the part of go list's output that is used here.
type listed struct {
	Dir, ImportPath   string
	GoFiles, CgoFiles []string
	DepOnly           bool
	Module            *struct{ GoVersion string }
	Error             *struct{ Err string }
}

// check returns the errors in the packages that the patterns match, relative to dir.
func check(dir, goos string, patterns []string) ([]error, error) {
	cmd := exec.Command("go", append([]string{"list", "-e", "-deps", "-json", "--"}, patterns...)...)
	cmd.Dir = dir
	// go list needs no C compiler. Without cgo it would leave out the files that import "C".
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

// one checks a package. Of dependencies it checks only the declarations, and ignores their errors.
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
	c.done[p.ImportPath], _ = config.Check(p.ImportPath, c.fset, c.parse(p, report), nil) // Error collects the errors
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

// importer returns packages that were checked before. It does not find the standard library's vendored packages,
// which go list lists under another name. That is enough, because no exported declaration uses their types.
type importer map[string]*types.Package

// Import implements types.Importer.
func (i importer) Import(path string) (*types.Package, error) {
	if p := i[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s is not there", path)
}
