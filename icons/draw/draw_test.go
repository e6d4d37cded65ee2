package main

import (
	"bytes"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// drawnOnce draws everything once for all tests: under the race detector it takes seconds.
var drawnOnce = sync.OnceValues(pictures)

func drawAll(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := drawnOnce()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestCheckedInPicturesAreTheDrawnOnes(t *testing.T) {
	for name, want := range drawAll(t) {
		got, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
		if err != nil {
			t.Errorf("%v; go run ./icons/draw writes it", err)
			continue
		}
		if !samePicture(name, got, want) {
			t.Errorf("%s is not what icons/draw draws (%d bytes, drawn %d); go run ./icons/draw", name, len(got), len(want))
		}
	}
}

// samePicture is byte for byte where the pictures were made. Other processors may fuse multiplications with
// additions inside the rasterizer (go.dev/ref/spec#Floating_point_operators), and then a soft edge may
// differ by a shade: there PNGs are compared as pixels, and files of many pictures only by being there.
func samePicture(name string, got, want []byte) bool {
	if runtime.GOARCH == "amd64" || strings.HasSuffix(name, ".svg") {
		return bytes.Equal(got, want)
	}
	if !strings.HasSuffix(name, ".png") {
		return len(got) > 0
	}
	a, errA := png.Decode(bytes.NewReader(got))
	b, errB := png.Decode(bytes.NewReader(want))
	return errA == nil && errB == nil && alike(a, b, 2)
}

// alike says whether no channel of any pixel differs by more than slack of 255.
func alike(a, b image.Image, slack int) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r, g, bl, al := a.At(x, y).RGBA()
			r2, g2, bl2, al2 := b.At(x, y).RGBA()
			for _, d := range []int{int(r) - int(r2), int(g) - int(g2), int(bl) - int(bl2), int(al) - int(al2)} {
				if max(d, -d) > slack*257 {
					return false
				}
			}
		}
	}
	return true
}

func TestNoPictureIsLeftThatNobodyDraws(t *testing.T) {
	files := drawAll(t)
	for _, dir := range []string{"png", "template", "ico", "app"} {
		root := filepath.Join("..", dir)
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rel, err := filepath.Rel("..", path)
			if _, ok := files[filepath.ToSlash(rel)]; !ok {
				t.Errorf("%s is in the folder but not drawn", rel)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestWriteMakesTheWholeTree(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir, drawAll(t)); err != nil {
		t.Fatal(err)
	}
	for name, want := range drawAll(t) {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: error %v, equal %v", name, err, bytes.Equal(got, want))
		}
	}
}

func TestWriteSaysWhereItFailed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := write(file, map[string][]byte{"a/b": nil}); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("got error %v, want one that names %s", err, file)
	}
}
