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

// A release is one commit of this repository, as it is called in packages.
type release struct {
	root    string    // the repository's folder
	version string    // 1.2.3 at the tag v1.2.3; 1.2.3+4.g6c28a72 four commits later
	commit  string    // the whole hash
	time    time.Time // the commit's, which every file in every package gets
}

// describe reads what git says of the checkout. Between tags the number of commits makes the version grow;
// changes that are not committed are named in it, because then the commit doesn't tell what was built.
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

// versionOf makes a version of what git describe --long says: the tag, the commits since, and the hash,
// whose length depends on the repository and is therefore not taken from there.
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

// stamp is what the binary says of itself.
func (r release) stamp() string {
	return fmt.Sprintf("%s (commit %.12s, %s)", r.version, r.commit, r.time.Format(time.DateOnly))
}

// packageVersion is the version in the order of Debian's and Red Hat's: v1.0.0-rc.1 comes before v1.0.0.
func (r release) packageVersion() string { return strings.ReplaceAll(r.version, "-", "~") }

// numbers is the version in the form that Windows has for it.
func (r release) numbers() (n [4]uint16) {
	digits := strings.FieldsFunc(r.version, func(c rune) bool { return c < '0' || c > '9' })
	for i := range min(len(n), len(digits)) {
		v, _ := strconv.ParseUint(digits[i], 10, 16) // what is too large for Windows is 65535 there
		n[i] = uint16(v)
	}
	return n
}

// git asks the repository several things and keeps the first failure.
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

// try is ask, with nothing as the answer where git has none.
func (g *git) try(args ...string) string {
	out, err := command(g.ctx, g.root, nil, "git", args...)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

// command runs a program and returns what it says; its complaints become the error.
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
