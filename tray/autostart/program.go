package autostart

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// ErrTemporary says that the running program is in a folder that is removed before the next login.
var ErrTemporary = errors.New("the program lies in a temporary folder, where it will not be at the next login")

// Program returns the running program's path for an Entry. Call it with os.Getenv and os.Executable. For a program in an
// AppImage it is the AppImage's file, because os.Executable then returns a path in a mount that ends with the program.
// Links are not resolved: a package manager's link (/opt/homebrew/bin) outlives the folder of the version behind it.
//
// Errors: ErrTemporary.
func Program(getenv func(string) string, executable func() (string, error)) (string, error) {
	path, err := executable()
	if image := getenv("APPIMAGE"); filepath.IsAbs(image) && (err != nil || fromAppImage(path, getenv("APPDIR"))) {
		return image, nil
	}
	if err != nil {
		return "", fmt.Errorf("finding this program's path: %v", err)
	}
	// Linux adds this if the running program's file was replaced. The new file has the plain name.
	path = strings.TrimSuffix(path, " (deleted)")
	if !filepath.IsAbs(path) {
		return "", fmt.Errorf("this program's path is not absolute: %#q", path)
	}
	if temporary(path) {
		return "", fmt.Errorf("%w: %#q", ErrTemporary, path)
	}
	return path, nil
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
// in the temporary folder), of a mounted AppImage, or of a macOS application that runs from quarantine (AppTranslocation).
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
