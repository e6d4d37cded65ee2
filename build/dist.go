package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// dist writes the targets' packages and their checksums into a folder. It removes the packages of an earlier run.
func (r release) dist(ctx context.Context, folder string, targets []target, out io.Writer) error {
	if err := cleared(folder); err != nil {
		return err
	}
	all, err := modules(ctx, r.root)
	if err != nil {
		return err
	}
	var made []file
	for _, t := range targets {
		if t.os == "darwin" && runtime.GOOS != "darwin" {
			fmt.Fprintf(out, "%s: left out, its tray needs a Mac's compiler and headers; run this on a Mac\n", t)
			continue
		}
		program, err := r.compile(ctx, t)
		if err != nil {
			return err
		}
		packages, err := r.packages(t, program, all)
		if err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		made = append(made, packages...)
	}
	return write(folder, made, out)
}

// write writes the packages and their checksums into a folder.
func write(folder string, packages []file, out io.Writer) error {
	packages = under("", packages)
	var sums strings.Builder
	for _, f := range packages {
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(f.body), f.name)
		fmt.Fprintf(out, "%9d  %s\n", len(f.body), f.name)
	}
	for _, f := range append(packages, file{name: "SHA256SUMS", body: []byte(sums.String())}) {
		if err := os.WriteFile(filepath.Join(folder, f.name), f.body, f.mode()); err != nil {
			return err
		}
	}
	return nil
}

// cleared makes the folder and removes old packages from it. Other files in the folder stay.
func cleared(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, pattern := range []string{"claude-sync-*", "claude-sync_*", "SHA256SUMS"} {
		old, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			return err
		}
		for _, name := range old {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// packages returns every package of a target.
func (r release) packages(t target, program []byte, all []dependency) ([]file, error) {
	papers, err := r.papers(all, t.os)
	if err != nil {
		return nil, err
	}
	name := "claude-sync-" + r.version + "-" + t.String()
	switch t.os {
	case "linux":
		return r.linuxPackages(t, name, program, papers)
	case "windows":
		return r.windowsPackages(name, program, papers)
	}
	return r.darwinPackages(name, program, papers)
}

func (r release) linuxPackages(t target, name string, program []byte, papers []file) ([]file, error) {
	debian, err := r.linux(program, papers, "vendor-completions")
	if err != nil {
		return nil, err
	}
	others, err := r.linux(program, papers, "site-functions")
	if err != nil {
		return nil, err
	}
	tar, err := tarball("", under(name, others), r.time)
	if err != nil {
		return nil, err
	}
	deb, err := r.deb(t, under("usr", debian))
	if err != nil {
		return nil, err
	}
	rpm, err := r.rpm(t, under("usr", others))
	return []file{
		{name: name + ".tar.gz", body: tar},
		{name: "claude-sync_" + r.packageVersion() + "_" + t.arch + ".deb", body: deb},
		{name: "claude-sync-" + r.packageVersion() + "-1." + rpmArch(t) + ".rpm", body: rpm},
	}, err
}

func (r release) windowsPackages(name string, program []byte, papers []file) ([]file, error) {
	program, err := r.dressed(program)
	if err != nil {
		return nil, err
	}
	zip, err := zipped(under(name, append(papers, file{name: "claude-sync.exe", body: program, program: true})), r.time)
	return []file{{name: name + ".zip", body: zip}}, err
}

func (r release) darwinPackages(name string, program []byte, papers []file) ([]file, error) {
	app, err := r.app(program)
	if err != nil {
		return nil, err
	}
	zip, err := zipped(under(name, append(papers, app...)), r.time)
	return []file{{name: name + ".zip", body: zip}}, err
}
