package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A target is one system on one kind of processor.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "-" + t.arch }

// program is the binary's name there.
func (t target) program() string {
	if t.os == "windows" {
		return "claude-sync.exe"
	}
	return "claude-sync"
}

// cgo is needed by the tray of macOS alone. Without, a binary is static and can be built anywhere.
func (t target) cgo() string {
	if t.os == "darwin" {
		return "1"
	}
	return "0"
}

// compile returns the target's binary. The processors' oldest kind is asked for, and the builder's own
// settings are set aside. What git says is in the stamp: go build's own look at it would depend on how the
// commit was checked out, and finds nothing in a git worktree.
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

// targets are all that there are packages for.
func targets() []target {
	var all []target
	for _, system := range []string{"linux", "windows", "darwin"} {
		all = append(all, target{system, "amd64"}, target{system, "arm64"})
	}
	return all
}

// chosen are the targets of these names, all of them for none.
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
