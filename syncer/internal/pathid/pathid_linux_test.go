package pathid

import "testing"

func TestPathsThatDifferInCaseAreTwo(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"/home/you", "/home/you/", true},
		{"/home/You", "/home/you", false},
		{"/caf\u00e9", "/cafe\u0301", false},
	} {
		if got := Of(c.a) == Of(c.b); got != c.want {
			t.Errorf("%q and %q: got %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
