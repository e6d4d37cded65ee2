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

// A file is one in a package: its path there with slashes, and whether it is a program.
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

// under puts the files into a folder, in the order of their names.
func under(folder string, files []file) []file {
	moved := make([]file, len(files))
	for i, f := range files {
		f.name = path.Join(folder, f.name)
		moved[i] = f
	}
	slices.SortFunc(moved, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return moved
}

// folders returns every folder that the files lie in, outer ones first.
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

// read takes files from the repository: a file under the name that it gets, a folder with all in it.
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

// tarball is the files with their folders as a tar archive, compressed, of nobody but root. The prefix
// stands before each name.
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

// compressed is gzip's best, without a name and a time.
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

// zipped is the files as a zip archive.
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
