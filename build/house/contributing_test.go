package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestWhatCONTRIBUTINGNamesIsThere(t *testing.T) {
	text, err := os.ReadFile("../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((?:\\.?[a-z]+/)+[a-z_.-]*|main\\.go)`").FindAllStringSubmatch(string(text), -1)
	packages := regexp.MustCompile("`([a-z]+(?:/[a-z_.]+)*)`, ?`").FindAllStringSubmatch(string(text), -1)
	if len(named) < 30 {
		t.Errorf("only %d paths were found in it", len(named))
	}
	for _, m := range append(named, packages...) {
		if _, err := os.Stat(filepath.Join("../..", filepath.FromSlash(m[1]))); err != nil {
			t.Error(err)
		}
	}
	for _, l := range layers() {
		dir := strings.TrimSuffix(l.dir, "/...")
		if dir == "." {
			dir = "main.go"
		}
		if _, err := os.Stat(filepath.Join("../..", filepath.FromSlash(dir))); err != nil {
			continue // the table has rows for packages that are still to come
		}
		if !strings.Contains(string(text), "`"+dir+"`") {
			t.Errorf("the house has %s, of which it does not tell", dir)
		}
		if l.why == "" {
			t.Errorf("nothing says why %s may import no more", l.dir)
		}
	}
	for _, b := range bans() {
		if b.why == "" {
			t.Errorf("nothing says why %q may not import %q", b.dirs, b.banned)
		}
	}
}
