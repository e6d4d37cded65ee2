package house

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheTreeKeepsTheHouseRules(t *testing.T) {
	all, err := load("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			for _, offender := range r.check(all) {
				t.Errorf("%s (%s)", offender, r.why)
			}
		})
	}
}

func TestEveryRuleFindsWhatItForbids(t *testing.T) {
	tried := map[string]bool{}
	for _, c := range samples() {
		tried[c.rule] = tried[c.rule] || c.want != ""
		t.Run(c.rule+"/"+c.name, func(t *testing.T) {
			var all tree
			for name, text := range c.files {
				if err := all.parse(name, []byte(text)); err != nil {
					t.Fatal(err)
				}
			}
			got := strings.Join(checkOf(t, c.rule)(all), "\n")
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	for _, r := range rules() {
		if !tried[r.name] {
			t.Errorf("no sample breaks the rule %q", r.name)
		}
	}
}

func checkOf(t *testing.T, name string) func(tree) []string {
	t.Helper()
	for _, r := range rules() {
		if r.name == name {
			return r.check
		}
	}
	t.Fatalf("no rule %q", name)
	return nil
}

func TestLoadReadsWhatTheGoCommandReads(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"a.go", "b/b_windows.go", "b/testdata/c.go", ".hidden/d.go", "_old/e.go", "b/f.txt"} {
		p := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte("package x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range all {
		got = append(got, s.name)
	}
	if want := "a.go b/b_windows.go"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if err := os.WriteFile(filepath.Join(root, "a.go"), []byte("packag"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := load(root); err == nil {
		t.Error("a file that does not parse was passed over")
	}
}
