package autostart

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// testRoot is a key of its own, which is gone after the test.
func testRoot(t *testing.T) string {
	t.Helper()
	name := strings.NewReplacer("/", "-", `\`, "-").Replace(t.Name())
	root := fmt.Sprintf(`Software\claude-sync-test-%d-%s`, os.Getpid(), name)
	t.Cleanup(func() {
		for _, key := range []string{runKey, approvedKey, `\Explorer\StartupApproved`, `\Explorer`, ""} {
			if err := registry.DeleteKey(registry.CURRENT_USER, root+key); err != nil && err != registry.ErrNotExist {
				t.Error(err)
			}
		}
	})
	return root
}

func switchedOffElsewhere() map[string]func(t *testing.T, root, id string) {
	return map[string]func(t *testing.T, root, id string){
		"task manager": func(t *testing.T, root, id string) {
			t.Helper()
			key, _, err := registry.CreateKey(registry.CURRENT_USER, root+approvedKey, registry.SET_VALUE)
			must(t, err)
			must(t, key.SetBinaryValue(id, []byte{3, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8}))
			must(t, key.Close())
		},
	}
}

func TestRootIsTheRunKeysParent(t *testing.T) {
	if got, want := Root("", "")+runKey, `Software\Microsoft\Windows\CurrentVersion\Run`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWindowsItselfReadsAndWritesTheSameCommandLine(t *testing.T) {
	args := slices.Concat([]string{`C:\Program Files\claude-sync.exe`}, nasty()[:8])
	line, err := composeCommandLine(args)
	must(t, err)
	if got, err := windows.DecomposeCommandLine(line); err != nil || !slices.Equal(got, args) {
		t.Errorf("got %q, error %v, want %q", got, err, args)
	}
	if got := parseCommandLine(windows.ComposeCommandLine(args)); !slices.Equal(got, args) {
		t.Errorf("got %q, want %q", got, args)
	}
}
