package autostart

import (
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
)

// ErrTemporary says that the running program is in a folder that is removed before the next login.
var ErrTemporary = errors.New("the program lies in a temporary folder, where it will not be at the next login")

// Program returns the running program's path for an Entry. Call it with os.Args[0], os.Getenv and os.Executable. For a
// program in an AppImage it is the AppImage's file, because os.Executable then returns a path in a mount that ends with the
// program. A link by which the program was called is kept: a package manager's link (/opt/homebrew/bin) outlives the folder
// of the version behind it, and Linux' os.Executable has resolved it.
//
// Errors: ErrTemporary.
func Program(called string, getenv func(string) string, executable func() (string, error)) (string, error) {
	path, err := executable()
	if image := getenv("APPIMAGE"); filepath.IsAbs(image) && (err != nil || fromAppImage(path, getenv("APPDIR"))) {
		return image, nil
	}
	if err != nil {
		return "", fmt.Errorf("finding this program's path: %v", err)
	}
	// Linux adds this if the running program's file was replaced. The new file has the plain name.
	path = strings.TrimSuffix(path, " (deleted)")
	if link := calledAs(called); link != "" && !temporary(link) && leadsTo(link, path) {
		return link, nil
	}
	if !filepath.IsAbs(path) {
		return "", fmt.Errorf("this program's path is not absolute: %#q", path)
	}
	if temporary(path) {
		return "", fmt.Errorf("%w: %#q", ErrTemporary, path)
	}
	return path, nil
}

// calledAs returns the absolute path of the file that a shell runs for the word called, "" if there is none. It resolves no
// link.
func calledAs(called string) string {
	found, err := exec.LookPath(called) // a word with a slash is no name to look for, and comes back as it is
	if err != nil {
		return ""
	}
	abs, err := filepath.Abs(found)
	if err != nil {
		return ""
	}
	return abs
}

// leadsTo reports whether link is the program's path or a link to it. If the program's file has gone, an update has removed
// it, and the link leads to the new one.
func leadsTo(link, program string) bool {
	at, err := filepath.EvalSymlinks(link)
	if err != nil {
		return false
	}
	is, err := filepath.EvalSymlinks(program)
	if errors.Is(err, fs.ErrNotExist) {
		return filepath.Base(link) == filepath.Base(program)
	}
	return err == nil && at == is
}

// fromAppImage reports whether the program at path is the one in the AppImage. Programs inherit APPIMAGE, for example
// from a terminal that is an AppImage. APPDIR is the folder where the AppImage is mounted.
func fromAppImage(path, appDir string) bool {
	if appDir == "" {
		return true
	}
	rel, err := filepath.Rel(appDir, path)
	return err == nil && filepath.IsLocal(rel)
}

// temporary reports whether path is in a folder of go run or go test (go-build, in the cache since Go 1.24, and go-build123
// in the temporary folder), of a mounted AppImage, of a macOS application that runs from quarantine (AppTranslocation), or
// no folder on a disk (/proc/self/exe).
func temporary(path string) bool {
	if strings.HasPrefix(path, "/proc/") || strings.HasPrefix(path, "/dev/") {
		return true
	}
	for part := range strings.SplitSeq(filepath.ToSlash(path), "/") {
		digits, build := strings.CutPrefix(part, "go-build")
		if build && strings.Trim(digits, "0123456789") == "" {
			return true
		}
		if part == "AppTranslocation" || strings.HasPrefix(part, ".mount_") {
			return true
		}
	}
	return false
}
