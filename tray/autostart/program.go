package autostart

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// ErrTemporary is wrapped when the running program lies where it will not be at the next login.
var ErrTemporary = errors.New("the program lies in a temporary folder, where it will not be at the next login")

// Program returns the path to write into an Entry for the running program; in production it is called with
// os.Getenv and os.Executable. It is the AppImage's file when the program runs out of one, for what
// os.Executable says then is a mount that ends with the program. Links are kept: a package manager's link
// (/opt/homebrew/bin) outlives the version's folder that it points to.
func Program(getenv func(string) string, executable func() (string, error)) (string, error) {
	path, err := executable()
	if image := getenv("APPIMAGE"); filepath.IsAbs(image) && (err != nil || fromAppImage(path, getenv("APPDIR"))) {
		return image, nil
	}
	if err != nil {
		return "", fmt.Errorf("finding this program's path: %v", err)
	}
	// Linux says so of a running program whose file was replaced; the new one has the plain name.
	path = strings.TrimSuffix(path, " (deleted)")
	if !filepath.IsAbs(path) {
		return "", fmt.Errorf("this program's path is not absolute: %#q", path)
	}
	if temporary(path) {
		return "", fmt.Errorf("%w: %#q", ErrTemporary, path)
	}
	return path, nil
}

// fromAppImage says whether the program at path is the one in the AppImage. APPIMAGE is inherited by
// whatever is started from, say, a terminal that is an AppImage; APPDIR, where that is mounted, tells.
func fromAppImage(path, appDir string) bool {
	if appDir == "" {
		return true
	}
	rel, err := filepath.Rel(appDir, path)
	return err == nil && filepath.IsLocal(rel)
}

// temporary knows the folders of go run and go test (go-build, in the cache since Go 1.24, and
// go-build123 in the temporary folder), of a mounted AppImage, and of a macOS application that runs from
// quarantine (AppTranslocation).
func temporary(path string) bool {
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
