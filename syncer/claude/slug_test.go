package claude

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

type vector struct{ Path, Dir string }

func vectors(t testing.TB) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/slug-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors  []vector
		Computed []vector `json:"computed_same_rule_not_run_on_windows"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) < 30 || len(file.Computed) < 10 {
		t.Fatalf("got %d and %d vectors, want all", len(file.Vectors), len(file.Computed))
	}
	return append(file.Vectors, file.Computed...)
}

func TestSlugIsClaudeCodes(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Dir, func(t *testing.T) {
			if got := slugOf(v.Path); got != v.Dir {
				t.Errorf("%q: got %q, want %q", v.Path, got, v.Dir)
			}
			if got := Slug(v.Path); normalise(v.Path) == v.Path && got != v.Dir {
				t.Errorf("Slug(%q): got %q, want %q", v.Path, got, v.Dir)
			}
		})
	}
}

func TestOneFormOfAnAccentOnMacOnly(t *testing.T) {
	const nfd, nfc = "/Users/x/cafe\u0301", "/Users/x/caf\u00e9"
	if got := slugOf(composed(nfd)); got != "-Users-x-caf-" || got != slugOf(nfc) {
		t.Errorf("composed: got %q, want %q", got, slugOf(nfc))
	}
	if got := slugOf(nfd); got != "-Users-x-cafe-" {
		t.Errorf("as it is: got %q", got)
	}
	if same := Slug(nfd) == Slug(nfc); same != (normalise(nfd) == nfc) {
		t.Errorf("got same slug %v, want Slug to follow normalise", same)
	}
}

func TestHashOfTheSmallestNumberIsPositive(t *testing.T) {
	// The hash of "polygenelubricants" is -1<<31, whose absolute value no int32 holds; the same in Java.
	var units []uint16
	for _, r := range "polygenelubricants" {
		units = append(units, uint16(r))
	}
	if got, want := pathHash(units), "zik0zk"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzSlugIsOneSafeName(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.Path)
	}
	f.Add("/\xff\xfe/\xed\xa0\x80")
	f.Fuzz(func(t *testing.T, path string) {
		slug := Slug(path)
		if len(slug) > slugLimit+1+7 {
			t.Errorf("got %d bytes", len(slug))
		}
		rest := strings.Trim(slug, "-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
		if rest != "" {
			t.Errorf("got %q in the slug", rest)
		}
	})
}
