package pathid

import "testing"

func TestPathsThatMacOSTakesForOneAreOne(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"/Users/You", "/users/you/", true},
		{"/caf\u00e9", "/cafe\u0301", true},
		{"/a", "/b", false},
	} {
		if got := Of(c.a) == Of(c.b); got != c.want {
			t.Errorf("%q and %q: got %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
