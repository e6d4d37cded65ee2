package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// moduleOf writes a module with these files, by name.
func moduleOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files["go.mod"] = "module example.com/m\n\ngo 1.26\n"
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestCheckFindsWhatACompilerForThatSystemWould(t *testing.T) {
	const cgo = "package m\n\n// #include <nowhere.h>\nimport \"C\"\n\n"
	cases := []struct {
		name, goos string
		files      map[string]string
		want       string // a part of the only finding; empty if there is none
	}{
		{"good", "darwin", map[string]string{"a.go": "package m\n\nimport \"net\"\n\nvar _ net.Conn\n"}, ""},
		{"good with cgo", "darwin", map[string]string{"a_darwin.go": cgo + "func f() { C.anything(1) }\n"}, ""},
		{"bad with cgo", "darwin", map[string]string{"a_darwin.go": cgo + "func f() { C.anything(1); g() }\n"}, "a_darwin.go:6:27: undefined: g"},
		{"wrong type beside cgo", "darwin", map[string]string{"a.go": "package m\n\nfunc f() { g(1) }\n",
			"a_darwin.go": cgo + "func g(string) {}\n"}, "a.go:3:14: cannot use 1"},
		{"bad elsewhere", "darwin", map[string]string{"a.go": "package m\n", "a_windows.go": "package m\n\nvar _ = g\n"}, ""},
		{"bad there", "windows", map[string]string{"a.go": "package m\n", "a_windows.go": "package m\n\nvar _ = g\n"}, "a_windows.go:3:9: undefined: g"},
		{"does not parse", "darwin", map[string]string{"a.go": "package m\n\nvar\n"}, "a.go:"},
		{"in a package below", "darwin", map[string]string{"a.go": "package m\n", "b/b.go": "package b\n\nvar _ = g\n"}, "b.go:3:9: undefined: g"},
		{"through a package of ours", "darwin", map[string]string{"a.go": "package m\n\nimport \"example.com/m/b\"\n\nvar _ string = b.B\n",
			"b/b.go": "package b\n\nconst B = 1\n"}, "a.go:5:16: cannot use b.B"},
		{"an import that is not there", "darwin", map[string]string{"a.go": "package m\n\nimport _ \"example.com/m/gone\"\n"}, "gone"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			found, err := check(moduleOf(t, c.files), c.goos, []string{"./..."})
			if err != nil {
				t.Fatal(err)
			}
			if (c.want == "") != (len(found) == 0) {
				t.Errorf("got %v, want %q", found, c.want)
			}
			for _, f := range found {
				if !strings.Contains(f.Error(), c.want) {
					t.Errorf("got %v, want %q", f, c.want)
				}
			}
		})
	}
}

func TestCheckLeavesOutWhatWasNotNamed(t *testing.T) {
	dir := moduleOf(t, map[string]string{"a.go": "package m\n\nimport _ \"example.com/m/b\"\n", "b/b.go": "package b\n\nvar B int = \"\"\n\nfunc f() { g() }\n"})
	if found, err := check(dir, "darwin", []string{"."}); err != nil || len(found) > 0 {
		t.Errorf("got %v, %v", found, err)
	}
}

func TestCheckFailsWithoutAModule(t *testing.T) {
	if _, err := check(filepath.Join(t.TempDir(), "gone"), "darwin", []string{"./..."}); err == nil {
		t.Error("no error")
	}
	dir := moduleOf(t, map[string]string{"a.go": "package m\n"})
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("nonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := check(dir, "darwin", []string{"./..."}); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("broken go.mod: got %v", err)
	}
}
