package pathid

import "testing"

func TestPathsThatWindowsTakesForOneAreOne(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{`C:\Users\You`, `c:\users\you\`, true},
		{`C:\Users\You`, `C:/Users/You`, true},
		{`C:\Ü`, `c:\ü`, true},
		{`C:\a`, `D:\a`, false},
	} {
		if got := Of(c.a) == Of(c.b); got != c.want {
			t.Errorf("%q and %q: got %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
