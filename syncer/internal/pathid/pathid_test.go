package pathid

import (
	"strings"
	"testing"
	"unicode"
)

func TestFoldedIsEqualFold(t *testing.T) {
	for r := range rune(unicode.MaxRune + 1) {
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			if folded(string(r)) != folded(string(other)) {
				t.Fatalf("%U and %U differ only in case, and fold to %q and %q", r, other, folded(string(r)), folded(string(other)))
			}
		}
		if f := folded(string(r)); !strings.EqualFold(f, string(r)) {
			t.Fatalf("%U folds to %q, which is another character", r, f)
		}
	}
}

func FuzzFoldedIsEqualFold(f *testing.F) {
	f.Add("Straße", "STRASSE")
	f.Add("\u212a", "k")
	f.Add("\xff", "\ufffd")
	f.Fuzz(func(t *testing.T, a, b string) {
		if got, want := folded(a) == folded(b), strings.EqualFold(a, b); got != want {
			t.Errorf("%q and %q: got %v, want %v", a, b, got, want)
		}
	})
}
