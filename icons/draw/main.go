// Command draw draws every picture of package icons from one vector description (mark.go) and writes
// them beside it:
//
//	go run ./icons/draw          from the top of the repository
//	go run ./draw .              from the icons folder, as go generate does
//
// The pictures are checked in, so that a build needs no drawing; a test redraws and compares them. It
// never deletes: a picture that is no longer drawn makes that test fail until it is removed by hand.
// It does not import package icons, which cannot be compiled while a picture is missing.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dir := "icons"
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	files, err := pictures()
	if err == nil {
		err = write(dir, files)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "draw:", err)
		os.Exit(1)
	}
}

// write puts the files into dir, making the folders they need.
func write(dir string, files map[string][]byte) error {
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
