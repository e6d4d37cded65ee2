package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A target is one operating system on one processor architecture.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "-" + t.arch }

// program returns the binary's file name on this system.
func (t target) program() string {
	if t.os == "windows" {
		return "claude-sync.exe"
	}
	return "claude-sync"
}

// cgo returns the value of CGO_ENABLED. Only the tray of macOS needs cgo. Without cgo, a binary is static and can
// be built on any system.
func (t target) cgo() string {
	if t.os == "darwin" {
		return "1"
	}
	return "0"
}

// compile returns the target's binary. It builds for the oldest version of the architecture and ignores the
// builder's own Go settings. The stamp has git's data: go build's own VCS stamp would depend on how the commit
// was checked out, and is empty in a git worktree.
func (r release) compile(ctx context.Context, t target) ([]byte, error) {
	dir, err := os.MkdirTemp("", "claude-sync-build")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, t.program())
	env := []string{"GOOS=" + t.os, "GOARCH=" + t.arch, "CGO_ENABLED=" + t.cgo(), "GOFLAGS=", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0", "GOWORK=off"}
	flags := "-s -w -X 'main.version=" + r.stamp() + "'" // and no -H=windowsgui, see tray/console_windows.go
	if _, err := command(ctx, r.root, env, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", out, "."); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

// targets returns all targets that have packages.
func targets() []target {
	var all []target
	for _, system := range []string{"linux", "windows", "darwin"} {
		all = append(all, target{system, "amd64"}, target{system, "arm64"})
	}
	return all
}

// chosen returns the targets with these names, or all targets if there is no name.
func chosen(names string) ([]target, error) {
	if names == "" {
		return targets(), nil
	}
	var all []target
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(targets(), func(t target) bool { return t.String() == name })
		if i < 0 {
			return nil, fmt.Errorf("there are no packages for %q, only for %v", name, targets())
		}
		all = append(all, targets()[i])
	}
	return all, nil
}
