package main

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// tool runs a program that reads packages on Linux. Without the program the test is skipped, except that it fails
// if CI is set. build/test installs all of them.
func tool(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	out, err := command(t.Context(), dir, nil, name, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return out
}

// checkLinux checks the packages with the system's own programs.
func checkLinux(t *testing.T, r release, made map[string][]byte, program []byte) {
	dir := t.TempDir()
	var deb, rpm string
	for name, body := range made {
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o644); err != nil {
			t.Fatal(err)
		}
		switch filepath.Ext(name) {
		case ".deb":
			deb = name
		case ".rpm":
			rpm = name
		}
	}
	t.Run("deb", func(t *testing.T) {
		tool(t, dir, "dpkg-deb", "--extract", deb, "deb")
		tool(t, filepath.Join(dir, "deb"), "desktop-file-validate", "usr/share/applications/claude-sync.desktop")
		tool(t, filepath.Join(dir, "deb"), "appstreamcli", "validate", "--no-net", "usr/share/metainfo/"+id+".metainfo.xml")
		control := tool(t, dir, "dpkg-deb", "--field", deb)
		for _, line := range []string{"Version: " + r.packageVersion(), "Architecture: amd64", "Depends: git"} {
			if !strings.Contains(control, line+"\n") {
				t.Errorf("it does not say %s:\n%s", line, control)
			}
		}
		tool(t, dir, "dpkg-deb", "--control", deb, "control")
		sums, err := filepath.Abs(filepath.Join(dir, "control", "md5sums"))
		if err != nil {
			t.Fatal(err)
		}
		tool(t, filepath.Join(dir, "deb"), "md5sum", "--check", "--strict", sums)
	})
	t.Run("program", func(t *testing.T) { checkProgram(t, r, filepath.Join(dir, "program"), program) })
	t.Run("rpm", func(t *testing.T) {
		tool(t, dir, "rpm", "--checksig", "--nosignature", rpm)
		if got, want := tool(t, dir, "rpm", "-qp", "--qf", "%{NAME} %{VERSION} %{ARCH} %{BUILDTIME}", rpm), "claude-sync "+r.packageVersion()+" x86_64 "; !strings.HasPrefix(got, want) {
			t.Errorf("it says %q, want %q and the commit's time", got, want)
		}
		inRPM := strings.Fields(tool(t, dir, "rpm", "-qpl", rpm))
		var inDeb []string
		for _, line := range strings.Split(tool(t, dir, "dpkg-deb", "--contents", deb), "\n") {
			if name := regexp.MustCompile(`\./(usr/.*[^/])$`).FindStringSubmatch(line); name != nil {
				inDeb = append(inDeb, "/"+strings.Replace(name[1], "vendor-completions/", "site-functions/", 1))
			}
		}
		slices.Sort(inRPM)
		slices.Sort(inDeb)
		if !slices.Equal(inRPM, inDeb) || len(inRPM) == 0 {
			t.Errorf("the rpm holds %q\nthe deb %q", inRPM, inDeb)
		}
	})
}

// checkProgram checks that the program is static and knows its version.
func checkProgram(t *testing.T, r release, path string, program []byte) {
	binary, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range binary.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("it is not static")
		}
	}
	if binary.Machine != elf.EM_X86_64 {
		t.Errorf("it is for %v", binary.Machine)
	}
	if err := os.WriteFile(path, program, 0o755); err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(tool(t, ".", "uname", "-m"), "x86_64") {
		if got, want := tool(t, ".", path, "--version"), "claude-sync "+r.stamp()+"\n"; got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}
