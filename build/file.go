package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A file is a file in a package: its path there, with slashes, and whether it is executable.
type file struct {
	name    string
	body    []byte
	program bool
}

func (f file) mode() fs.FileMode {
	if f.program {
		return 0o755
	}
	return 0o644
}

// under returns the files with their names in a folder, sorted by name.
func under(folder string, files []file) []file {
	moved := make([]file, len(files))
	for i, f := range files {
		f.name = path.Join(folder, f.name)
		moved[i] = f
	}
	slices.SortFunc(moved, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return moved
}

// folders returns every folder that holds a file, parents first.
func folders(files []file) []string {
	var all []string
	for _, f := range files {
		for dir := path.Dir(f.name); dir != "." && dir != "/"; dir = path.Dir(dir) {
			all = append(all, dir)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// read returns a file of the repository under a new name, or all files of a folder of the repository.
func (r release) read(name, from string) ([]file, error) {
	var files []file
	root := filepath.Join(r.root, filepath.FromSlash(from))
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		body, err := os.ReadFile(p)
		files = append(files, file{name: path.Join(name, filepath.ToSlash(rel)), body: body})
		return err
	})
	return files, err
}

// tarball returns a compressed tar archive of the files and their folders, all owned by root. Each name gets the
// prefix.
func tarball(prefix string, files []file, t time.Time) ([]byte, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	add := func(kind byte, name string, mode fs.FileMode, body []byte) error {
		h := &tar.Header{Typeflag: kind, Name: prefix + name, Size: int64(len(body)), Mode: int64(mode), ModTime: t, Uname: "root", Gname: "root", Format: tar.FormatGNU}
		if err := w.WriteHeader(h); err != nil {
			return err
		}
		_, err := w.Write(body)
		return err
	}
	for _, dir := range folders(files) {
		if err := add(tar.TypeDir, dir+"/", 0o755, nil); err != nil {
			return nil, err
		}
	}
	for _, f := range files {
		if err := add(tar.TypeReg, f.name, f.mode(), f.body); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return compressed(out.Bytes())
}

// compressed returns the body in gzip's best compression, without a name and a time in its header.
func compressed(body []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

// zipped returns a zip archive of the files.
func zipped(files []file, t time.Time) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: t}
		h.SetMode(f.mode())
		member, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := member.Write(f.body); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
