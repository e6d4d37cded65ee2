package packs_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/packs"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transcript"
	"claude-sync/syncer/transport"
)

func TestACopyIsKnownByItsName(t *testing.T) {
	const own = "app-1/3f2a-desk.ccsync"
	for name, want := range map[string]bool{
		"app-1/3f2a-desk.sync-conflict-20261129-101112-ABCDEFG.ccsync": true,
		"app-1/3f2a-desk (Ann's conflicted copy).ccsync":               true,
		"app-1/3f2a-desk 2.ccsync":                                     true,
		"app-1/Kopie von 3f2a-desk.ccsync":                             true,
		"app-1/3f2a-desk-LAPTOP.ccsync":                                true,
		own:                                                            false,
		"app-1/3f2a-desk.CCSYNC":                                       false, // the pack itself, where case is nothing
		"app-1/3f2a-lap.ccsync":                                        false,
		"app-1/notes.ccsync":                                           false,
		"app-1 2/3f2a-desk.ccsync":                                     false,
		"3f2a-desk 2.ccsync":                                           false,
		"app-1/conflict/3f2a-desk 2.ccsync":                            false,
		"app-1/9e9e-desk 2.ccsync":                                     false,
		"APP-1/3f2a-desk.ccsync":                                       false,
		"app-1/3f2a-des k (conflict 1).ccsync":                         false,
	} {
		if got := packs.NamesCopy(name, own); got != want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

const (
	key     = project.Key("name:app")
	session = ccsync.SessionID("3f2a0c1e-5b7d-4e8f-9a6b-0123456789ab")
)

func rows(from, to int) string {
	var text strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&text, `{"type":"user","uuid":"%d","message":{"role":"user","content":%q}}`+"\n", i, strings.Repeat(fmt.Sprint(i, `\"é`), 200))
	}
	return text.String()
}

func put(t *testing.T, path, text string, at int64) {
	t.Helper()
	h := ccsync.Header{SessionID: session, ProjectKey: string(key), OriginalCwd: "/x", MachineName: "desk", ExportedAt: at}
	if err := packs.WriteFile(path, h, transcript.Local{ReaderAt: strings.NewReader(text), Size: int64(len(text))}, io.Discard); err != nil {
		t.Fatal(err)
	}
}

// pair is a folder with this machine's pack and a copy of it.
func pair(t *testing.T, own, copied string) (set packs.Set, ownPath, copyName, copyPath string) {
	t.Helper()
	dir := t.TempDir()
	folder := transport.NewFolder(dir)
	if err := folder.Prepare(); err != nil {
		t.Fatal(err)
	}
	set = packs.Set{Transport: folder, Machine: "desk"}
	name := set.Name(key, session)
	copyName = strings.TrimSuffix(name, transport.Extension) + " 2" + transport.Extension
	ownPath, copyPath = filepath.Join(dir, filepath.FromSlash(name)), filepath.Join(dir, filepath.FromSlash(copyName))
	put(t, ownPath, own, 1)
	put(t, copyPath, copied, 1)
	return set, ownPath, copyName, copyPath
}

func TestOnlyTheCopyThatWasComparedIsRemoved(t *testing.T) {
	for name, c := range map[string]struct {
		copied string
		before func(t *testing.T, own, copied string) // what happens between the comparison and the removal
		want   bool
	}{
		"nothing happens":              {rows(0, 100), func(*testing.T, string, string) {}, true},
		"it has news":                  {rows(0, 300), func(*testing.T, string, string) {}, false},
		"the pack is another one":      {rows(0, 100), func(t *testing.T, own, _ string) { put(t, own, rows(0, 1), 2) }, false},
		"the pack goes":                {rows(0, 100), func(t *testing.T, own, _ string) { remove(t, own) }, false},
		"the copy is another one":      {rows(0, 100), func(t *testing.T, _, copied string) { put(t, copied, rows(0, 300), 2) }, false},
		"the copy is another one, old": {rows(0, 100), func(t *testing.T, _, copied string) { put(t, copied, rows(0, 300), 1) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			if !c.want && !oserr.ReplaceOpen {
				t.Skip("this system replaces no file that is open")
			}
			set, own, copyName, copyPath := pair(t, rows(0, 200), c.copied)
			opened, err := set.OpenCopy(t.Context(), key, session, copyName)
			if err != nil {
				t.Fatal(err)
			}
			defer opened.Close()
			c.before(t, own, copyPath)
			got, err := opened.Remove(t.Context())
			if got != c.want || err != nil {
				t.Errorf("got %v, %v", got, err)
			}
			if _, err := os.Stat(copyPath); (err != nil) != c.want {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// carries is a transport without any power.
type carries struct{ transport.Transport }

func TestWithoutThePowerNothingIsRemoved(t *testing.T) {
	set, _, copyName, copyPath := pair(t, rows(0, 2), rows(0, 1))
	set.Transport = carries{set.Transport}
	c, err := set.OpenCopy(t.Context(), key, session, copyName)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if removed, err := c.Remove(t.Context()); removed || err != nil {
		t.Errorf("got %v, %v", removed, err)
	}
	remove(t, copyPath) // it is there
}

// The pack is united with the copy as if both were transcripts here, whatever their size.
func TestUnitedIsWhatAMergeMakes(t *testing.T) {
	for name, c := range map[string]struct{ own, copied, want string }{
		"the copy goes on": {rows(0, 3), rows(0, 500), rows(0, 500)},
		"they part":        {rows(0, 200) + rows(300, 900), rows(0, 200) + rows(1000, 1400), rows(0, 200) + rows(1000, 1400) + rows(300, 900)},
		"nothing is new":   {rows(0, 200), rows(100, 200), rows(0, 200)},
	} {
		t.Run(name, func(t *testing.T) {
			set, _, copyName, _ := pair(t, c.own, c.copied)
			opened, err := set.OpenCopy(t.Context(), key, session, copyName)
			if err != nil {
				t.Fatal(err)
			}
			defer opened.Close()
			if err := opened.Unite(t.Context(), time.UnixMilli(2)); err != nil {
				t.Fatal(err)
			}
			own, err := set.Open(t.Context(), set.Name(key, session))
			if err != nil {
				t.Fatal(err)
			}
			defer own.Close()
			if got, err := io.ReadAll(own.Open()); string(got) != c.want || err != nil {
				t.Errorf("got %d bytes, want %d, %v", len(got), len(c.want), err)
			}
		})
	}
}
