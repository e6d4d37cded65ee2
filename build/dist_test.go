package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/pe"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tc-hib/winres"
)

// builtTwice builds the commit in a clone and in a worktree of that clone, reports files that differ, and returns
// the files of the first build. One architecture is enough, because Go itself promises that a compiler's output
// is reproducible. The release program runs as a process: compressing under the race detector takes minutes.
func builtTwice(t *testing.T) (release, map[string][]byte) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "build.exe")
	if _, err := command(t.Context(), ".", nil, "go", "build", "-o", program, "."); err != nil {
		t.Fatal(err)
	}
	var first map[string][]byte
	var r release
	clone, worktree := filepath.Join(t.TempDir(), "here"), filepath.Join(t.TempDir(), "elsewhere, with a longer name")
	for _, c := range []struct {
		from, place string
		checkout    []string
	}{
		{"..", clone, []string{"clone", "-q", "--no-hardlinks", ".", clone}},
		{clone, worktree, []string{"worktree", "add", "-q", "--detach", worktree}},
	} {
		if _, err := command(t.Context(), c.from, nil, "git", c.checkout...); err != nil {
			t.Fatal(err)
		}
		if _, err := command(t.Context(), c.place, nil, program, "-for", "linux-amd64,windows-amd64"); err != nil {
			t.Fatal(err)
		}
		var err error
		if r, err = describe(t.Context(), c.place); err != nil {
			t.Fatal(err)
		}
		made := map[string][]byte{}
		files, err := r.read("", "dist")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			made[f.name] = f.body
		}
		if first == nil {
			first = made
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(made)) {
			if !bytes.Equal(first[name], made[name]) {
				t.Errorf("%s is not the same the second time", name)
			}
		}
		if len(first) != len(made) || len(made) != 5 {
			t.Errorf("made were %q, then %q, want four packages and their sums", slices.Sorted(maps.Keys(first)), slices.Sorted(maps.Keys(made)))
		}
	}
	return r, first
}

func TestOneCommitMakesOneSetOfPackages(t *testing.T) {
	r, made := builtTwice(t)
	base := "claude-sync-" + r.version + "-"
	tarred := untar(t, made[base+"linux-amd64.tar.gz"])
	t.Run("tar.gz", func(t *testing.T) { checkTree(t, tarred, base+"linux-amd64/") })
	t.Run("zip", func(t *testing.T) { checkZip(t, r, made[base+"windows-amd64.zip"]) })
	t.Run("sums", func(t *testing.T) { checkSums(t, made) })
	checkLinux(t, r, made, tarred[base+"linux-amd64/bin/claude-sync"])
}

// untar returns the files of a compressed archive, and checks that the archive does not tell its builder or the
// time of the build.
func untar(t *testing.T, archive []byte) map[string][]byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	if !z.ModTime.IsZero() || z.Name != "" {
		t.Errorf("the compression tells %v and %q", z.ModTime, z.Name)
	}
	files, names := map[string][]byte{}, []string{}
	var when int64
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if when == 0 {
			when = h.ModTime.Unix()
		}
		if h.Uid != 0 || h.Gid != 0 || h.ModTime.Unix() != when || h.Mode&0o022 != 0 {
			t.Errorf("%s is of %d:%d, mode %o, from %v", h.Name, h.Uid, h.Gid, h.Mode, h.ModTime)
		}
		if h.Typeflag == tar.TypeReg {
			names = append(names, h.Name)
			if files[h.Name], err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("the names are not in order: %q", names)
	}
	return files
}

// checkTree checks that every file is there that has to be installed on Linux.
func checkTree(t *testing.T, files map[string][]byte, top string) {
	t.Helper()
	for _, name := range []string{
		"bin/claude-sync", "share/applications/claude-sync.desktop", "share/metainfo/" + id + ".metainfo.xml",
		"share/icons/hicolor/16x16/apps/claude-sync.png", "share/icons/hicolor/512x512/apps/claude-sync.png",
		"share/icons/hicolor/scalable/apps/claude-sync.svg", "share/man/man1/claude-sync.1.gz",
		"share/man/man1/claude-sync-push.1.gz", "share/man/man7/claude-sync-privacy.7.gz",
		"share/bash-completion/completions/claude-sync", "share/zsh/site-functions/_claude-sync",
		"share/fish/vendor_completions.d/claude-sync.fish",
		"share/doc/claude-sync/README.md", "share/doc/claude-sync/LICENSES", "share/doc/claude-sync/copyright",
	} {
		if len(files[top+name]) == 0 {
			t.Errorf("%s is missing or empty", name)
		}
	}
	pictures, err := filepath.Glob("../icons/app/hicolor/*/apps/claude-sync.*")
	if err != nil {
		t.Fatal(err)
	}
	packed := 0
	for name := range files {
		if strings.HasPrefix(name, top+"share/icons/") {
			packed++
		}
	}
	if packed == 0 || packed != len(pictures) {
		t.Errorf("%d of %d icons are packed", packed, len(pictures))
	}
}

func checkZip(t *testing.T, r release, archive []byte) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	var program []byte
	for _, f := range z.File {
		names = append(names, strings.TrimPrefix(f.Name, "claude-sync-"+r.version+"-windows-amd64/"))
		if f.Modified.Unix() != r.time.Unix() {
			t.Errorf("%s is from %v", f.Name, f.Modified)
		}
		if strings.HasSuffix(f.Name, ".exe") {
			member, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			if program, err = io.ReadAll(member); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, want := strings.Join(names, " "), "LICENSE.txt LICENSES.txt README.md claude-sync.exe"; got != want {
		t.Errorf("it holds %s, want %s", got, want)
	}
	exe, err := pe.NewFile(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	if exe.Machine != pe.IMAGE_FILE_MACHINE_AMD64 {
		t.Errorf("the program is for machine %x", exe.Machine)
	}
	resources, err := winres.LoadFromEXE(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	if got := resources.Get(winres.RT_MANIFEST, winres.ID(1), winres.LCIDDefault); !bytes.Equal(got, manifest) {
		t.Errorf("the manifest is %q", got)
	}
	wellFormed(t, manifest)
	if _, err := resources.GetIcon(winres.ID(1)); err != nil {
		t.Errorf("icon: %v", err)
	}
	info := resources.Get(winres.RT_VERSION, winres.ID(1), winres.LCIDDefault)
	if !bytes.Contains(info, utf16(r.stamp())) || !bytes.Contains(info, utf16(summary)) {
		t.Errorf("the version resource does not tell %s: %q", r.stamp(), info)
	}
}

// utf16 returns an ASCII text in UTF-16, as Windows stores it.
func utf16(text string) []byte {
	var wide []byte
	for _, c := range []byte(text) {
		wide = append(wide, c, 0)
	}
	return wide
}

func wellFormed(t *testing.T, text []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
}

func TestTheMacApplicationHasItsLayout(t *testing.T) {
	r := release{root: "..", version: "1.2.3-rc.1", commit: strings.Repeat("a", 40)}
	packages, err := r.darwinPackages("top", []byte("a stand-in; the real one can be built on a Mac only"), nil)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(packages[0].body), int64(len(packages[0].body)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range z.File {
		got = append(got, f.Mode().String()+" "+f.Name)
	}
	want := []string{
		"-rw-r--r-- top/claude-sync.app/Contents/Info.plist",
		"-rwxr-xr-x top/claude-sync.app/Contents/MacOS/claude-sync",
		"-rw-r--r-- top/claude-sync.app/Contents/PkgInfo",
		"-rw-r--r-- top/claude-sync.app/Contents/Resources/claude-sync.icns",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	info, err := r.fill(infoPlist)
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, info)
	text := strings.Join(strings.Fields(string(info)), "")
	for _, words := range []string{"<key>LSUIElement</key><true/>", "<key>CFBundleVersion</key><string>1.2.3</string>",
		"<key>CFBundleIconFile</key><string>claude-sync</string>", "<key>CFBundleExecutable</key><string>claude-sync</string>"} {
		if !strings.Contains(text, words) {
			t.Errorf("Info.plist lacks %s", words)
		}
	}
}

func TestOnlyOldPackagesAreRemoved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "dist")
	if err := cleared(dir); err != nil {
		t.Fatal(err)
	}
	old := []string{"claude-sync-1.0.0-linux-amd64.tar.gz", "claude-sync_1.0.0_amd64.deb", "SHA256SUMS"}
	for _, name := range append(old, "precious") {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := cleared(dir); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "precious" {
		t.Errorf("left are %v, %v", left, err)
	}
}

func TestOnlyTheTargetsThatAreNamedAreBuilt(t *testing.T) {
	for names, want := range map[string]int{"": 6, "linux-amd64": 1, "windows-arm64,darwin-arm64": 2} {
		if got, err := chosen(names); err != nil || len(got) != want {
			t.Errorf("%q: got %v, %v", names, got, err)
		}
	}
	if _, err := chosen("linux-amd64,plan9-386"); err == nil {
		t.Error("plan9 is a system that there are no packages for")
	}
}

// checkSums compares SHA256SUMS with the packages, line by line.
func checkSums(t *testing.T, made map[string][]byte) {
	lines := strings.Split(strings.TrimSuffix(string(made["SHA256SUMS"]), "\n"), "\n")
	for _, line := range lines {
		sum, name, _ := strings.Cut(line, "  ")
		if got := fmt.Sprintf("%x", sha256.Sum256(made[name])); made[name] == nil || got != sum {
			t.Errorf("%s has the sum %s, not %s", name, got, sum)
		}
	}
	if len(lines) != len(made)-1 {
		t.Errorf("%d sums for %d packages", len(lines), len(made)-1)
	}
}
