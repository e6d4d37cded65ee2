package autostart

import (
	"errors"
	"path/filepath"
	"runtime"
	"testing"
)

// abs makes a path of slashes one of this system.
func abs(path string) string {
	if path == "" || runtime.GOOS != "windows" {
		return path
	}
	return `C:` + filepath.FromSlash(path)
}

func TestProgramIsWhatWillBeThereAtTheNextLogin(t *testing.T) {
	for _, c := range []struct {
		name, image, appDir, exe string
		fails                    error
		want                     string
	}{
		{name: "installed", exe: "/usr/bin/claude-sync", want: "/usr/bin/claude-sync"},
		{name: "replaced while running", exe: "/usr/bin/claude-sync (deleted)", want: "/usr/bin/claude-sync"},
		{name: "appimage", image: "/home/u/c.AppImage", appDir: "/tmp/.mount_cX", exe: "/tmp/.mount_cX/usr/bin/claude-sync", want: "/home/u/c.AppImage"},
		{name: "appimage, folder unknown", image: "/home/u/c.AppImage", exe: "/tmp/x/claude-sync", want: "/home/u/c.AppImage"},
		{name: "appimage, no path", image: "/home/u/c.AppImage", fails: errors.New("no /proc"), want: "/home/u/c.AppImage"},
		{name: "started from a terminal that is an appimage", image: "/home/u/term.AppImage", appDir: "/tmp/.mount_tX", exe: "/usr/bin/claude-sync", want: "/usr/bin/claude-sync"},
		{name: "a folder that begins alike", image: "/home/u/term.AppImage", appDir: "/opt/a", exe: "/opt/ab/claude-sync", want: "/opt/ab/claude-sync"},
		{name: "a user called go-builder", exe: "/home/go-builder/claude-sync", want: "/home/go-builder/claude-sync"},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := map[string]string{"APPIMAGE": abs(c.image), "APPDIR": abs(c.appDir)}
			got, err := Program("claude-sync", func(k string) string { return env[k] }, func() (string, error) { return abs(c.exe), c.fails })
			if err != nil || got != abs(c.want) {
				t.Errorf("got %q, error %v, want %q", got, err, abs(c.want))
			}
		})
	}
}

func TestProgramRefusesWhatWillBeGone(t *testing.T) {
	for name, exe := range map[string]string{
		"go run":            "/tmp/go-build1234/b001/exe/claude-sync",
		"go run, cached":    "/home/u/.cache/go-build/1f/1fab-d/claude-sync",
		"appimage mount":    "/tmp/.mount_claudeX/usr/bin/claude-sync",
		"macOS translocate": "/private/var/folders/x/T/AppTranslocation/1B/d/claude-sync.app/Contents/MacOS/claude-sync",
	} {
		got, err := Program("claude-sync", func(string) string { return "" }, func() (string, error) { return abs(exe), nil })
		if !errors.Is(err, ErrTemporary) {
			t.Errorf("%s: got %q, error %v, want ErrTemporary", name, got, err)
		}
	}
}

func TestProgramSaysThatItHasNoPath(t *testing.T) {
	none := func(string) string { return "" }
	for name, executable := range map[string]func() (string, error){
		"error":    func() (string, error) { return "", errors.New("no /proc") },
		"relative": func() (string, error) { return "claude-sync", nil },
		"empty":    func() (string, error) { return "", nil },
	} {
		if got, err := Program("claude-sync", none, executable); err == nil || errors.Is(err, ErrTemporary) {
			t.Errorf("%s: got %q, error %v", name, got, err)
		}
	}
}
