package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/google/licensecheck"
)

// A dependency is a module that go.mod asks for.
type dependency struct {
	path, version string
	dir           string   // its files
	licences      []string // as SPDX names them
	in            []string // the systems whose program contains it
}

// modules returns the modules that go.mod asks for. It downloads missing ones, because their files have the
// licences.
func modules(ctx context.Context, root string) ([]dependency, error) {
	var asked struct {
		Require []struct{ Path, Version string }
	}
	text, err := command(ctx, root, nil, "go", "mod", "edit", "-json")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(text), &asked); err != nil {
		return nil, err
	}
	args := []string{"mod", "download", "-json"}
	for _, m := range asked.Require {
		args = append(args, m.Path+"@"+m.Version)
	}
	if text, err = command(ctx, root, nil, "go", args...); err != nil {
		return nil, err
	}
	parts, err := partsOfProgram(ctx, root)
	if err != nil {
		return nil, err
	}
	var all []dependency
	for list := json.NewDecoder(strings.NewReader(text)); ; {
		var m struct{ Path, Version, Dir string }
		if err := list.Decode(&m); errors.Is(err, io.EOF) {
			slices.SortFunc(all, func(a, b dependency) int { return strings.Compare(a.path, b.path) })
			return all, nil
		} else if err != nil {
			return nil, err
		}
		found := dependency{path: m.Path, version: m.Version, dir: m.Dir, in: parts[m.Path]}
		if found.licences, err = found.identify(); err != nil {
			return nil, err
		}
		all = append(all, found)
	}
}

// partsOfProgram returns, for each module, the systems whose program contains it.
func partsOfProgram(ctx context.Context, root string) (map[string][]string, error) {
	parts := map[string][]string{}
	for _, system := range []string{"linux", "windows", "darwin"} {
		env := []string{"GOOS=" + system, "CGO_ENABLED=" + target{os: system}.cgo()}
		text, err := command(ctx, root, env, "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".")
		if err != nil {
			return nil, err
		}
		for _, path := range slices.Compact(slices.Sorted(strings.FieldsSeq(text))) {
			parts[path] = append(parts[path], system)
		}
	}
	return parts, nil
}

// texts returns the files of a module whose names begin with a prefix: its licence and notices.
func (m dependency) texts(prefixes ...string) ([]file, error) {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return nil, err
	}
	var files []file
	for _, e := range entries {
		name := strings.ToUpper(strings.TrimSuffix(strings.TrimSuffix(e.Name(), ".md"), ".txt"))
		if e.IsDir() || filepath.Ext(e.Name()) == ".go" || !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) }) {
			continue
		}
		body, err := os.ReadFile(filepath.Join(m.dir, e.Name()))
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: e.Name(), body: body})
	}
	return files, nil
}

// identify names the module's licences.
func (m dependency) identify() ([]string, error) {
	files, err := m.texts("LICEN", "COPYING")
	if err != nil {
		return nil, err
	}
	var all []string
	for _, f := range files {
		found, err := licencesIn(f.body)
		if err != nil {
			return nil, fmt.Errorf("%s %s, %s: %w", m.path, m.version, f.name, err)
		}
		all = append(all, found...)
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) == 0 {
		return nil, fmt.Errorf("%s %s has no licence", m.path, m.version)
	}
	return all, nil
}

// licencesIn names the licences in a text, and fails rather than guess if more than a fifth of the text belongs
// to none of them: terms may have been added.
func licencesIn(text []byte) (names []string, err error) {
	found := licensecheck.Scan(text)
	if found.Percent < 80 {
		return nil, fmt.Errorf("only %.0f %% of it is a licence that is known", found.Percent)
	}
	for _, m := range found.Match {
		names = append(names, m.ID)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// licenceList returns the text of build/LICENSES: a line for every module.
func licenceList(all []dependency) string {
	var out strings.Builder
	out.WriteString("Every module that go.mod asks for, its licences, and the systems whose program it is part of; the others\n" +
		"serve tests and releases. Written by: go run ./build licences\n\n")
	w := tabwriter.NewWriter(&out, 0, 8, 2, ' ', 0)
	for _, m := range all {
		in := strings.Join(m.in, " ")
		if in == "" {
			in = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", m.path, m.version, strings.Join(m.licences, " AND "), in)
	}
	w.Flush() // a strings.Builder takes everything
	return out.String()
}

func writeLicences(ctx context.Context, root string) error {
	all, err := modules(ctx, root)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, "build", "LICENSES"), []byte(licenceList(all)), 0o644)
}

// licenceTexts returns the texts that a system's program has to be shipped with: the licences of all its modules.
func licenceTexts(all []dependency, system string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("claude-sync is made of the following, too. Go's own library has the terms of golang.org/x/sys.\n")
	for _, m := range all {
		if !slices.Contains(m.in, system) {
			continue
		}
		files, err := m.texts("LICEN", "COPYING", "NOTICE")
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			fmt.Fprintf(&out, "\n%s\n%s %s, %s\n\n%s\n", strings.Repeat("-", 80), m.path, m.version, f.name, bytes.TrimSpace(f.body))
		}
	}
	return out.Bytes(), nil
}
