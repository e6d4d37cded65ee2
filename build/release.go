package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// A release is one commit of this repository and its version.
type release struct {
	root    string    // the repository's folder
	version string    // 1.2.3 at the tag v1.2.3; 1.2.3+4.g6c28a72 four commits later
	commit  string    // the full hash
	time    time.Time // of the commit; every file in every package gets it
}

// describe asks git for the checkout's release. Between tags the version grows with the number of commits. If
// there are uncommitted changes, the version says "dirty", because the commit is not what was built.
func describe(ctx context.Context, root string) (release, error) {
	g := git{ctx: ctx, root: root}
	r := release{root: root, commit: g.ask("rev-parse", "HEAD")}
	seconds, err := strconv.ParseInt(g.ask("log", "-1", "--format=%ct"), 10, 64)
	if g.err == nil {
		g.err = err
	}
	r.time = time.Unix(seconds, 0).UTC()
	named := g.try("describe", "--tags", "--long", "--match", "v[0-9]*")
	if named == "" {
		named = "v0.0.0-" + g.ask("rev-list", "--count", "HEAD") + "-g"
	}
	changed := g.ask("status", "--porcelain") != ""
	if g.err != nil {
		return release{}, g.err
	}
	r.version = versionOf(named, r.commit, changed)
	return r, nil
}

// versionOf turns the output of git describe --long into a version: the tag, the number of commits since, and the
// hash. The hash is shortened here, because git's short length depends on the repository.
func versionOf(described, commit string, changed bool) string {
	parts := strings.Split(described, "-")
	tag := strings.TrimPrefix(strings.Join(parts[:len(parts)-2], "-"), "v")
	var since []string
	if n := parts[len(parts)-2]; n != "0" {
		since = append(since, n, "g"+commit[:7])
	}
	if changed {
		since = append(since, "dirty")
	}
	if len(since) == 0 {
		return tag
	}
	return tag + "+" + strings.Join(since, ".")
}

// stamp returns the text that the binary prints for --version.
func (r release) stamp() string {
	return fmt.Sprintf("%s (commit %.12s, %s)", r.version, r.commit, r.time.Format(time.DateOnly))
}

// packageVersion returns the version in a form that Debian and Red Hat sort correctly: v1.0.0-rc.1 comes before
// v1.0.0.
func (r release) packageVersion() string { return strings.ReplaceAll(r.version, "-", "~") }

// numbers returns the version in the form of Windows: four numbers.
func (r release) numbers() (n [4]uint16) {
	digits := strings.FieldsFunc(r.version, func(c rune) bool { return c < '0' || c > '9' })
	for i := range min(len(n), len(digits)) {
		v, _ := strconv.ParseUint(digits[i], 10, 16) // a number that is too large becomes 65535
		n[i] = uint16(v)
	}
	return n
}

// git runs several git commands and keeps the first error.
type git struct {
	ctx  context.Context
	root string
	err  error
}

func (g *git) ask(args ...string) string {
	if g.err != nil {
		return ""
	}
	var out string
	out, g.err = command(g.ctx, g.root, nil, "git", args...)
	return strings.TrimSpace(out)
}

// try is ask, but returns "" if git fails.
func (g *git) try(args ...string) string {
	out, err := command(g.ctx, g.root, nil, "git", args...)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

// command runs a program and returns its output. Its standard error becomes the error's text.
func command(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = dir
	c.Env = append(c.Environ(), env...)
	out, err := c.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return "", fmt.Errorf("%s %s: %v: %s", name, strings.Join(args, " "), err, bytes.TrimSpace(exit.Stderr))
	}
	return string(out), err
}
