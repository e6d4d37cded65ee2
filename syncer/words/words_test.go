package words

import "testing"

func TestShortIsOneVisibleLine(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain":               {"Fix login bug", "Fix login bug"},
		"nothing":             {"", "(no name)"},
		"only spaces":         {" \t\n ", "(no name)"},
		"only invisible":      {"\u200b\u202e\u3164\ufeff", "(no name)"},
		"newline and tab":     {"a\nb\tc\r\nd", "a b c d"},
		"control characters":  {"a\x00b\x1b[31mc\x7f", "ab[31mc"},
		"right-to-left":       {"abc\u202egpj.exe\u202c", "abcgpj.exe"},
		"isolates":            {"\u2066a\u2069", "a"},
		"not UTF-8":           {"caf\xe9 x\xff", "caf x"},
		"replacement":         {"a\ufffdb", "ab"},
		"line separators":     {"a\u2028b\u2029c", "a b c"},
		"no-break space":      {"a\u00a0b", "a b"},
		"tags":                {"a\U000e0041", "a"},
		"private use":         {"a\ue000", "a"},
		"underscores stay":    {"my_app & <b>", "my_app & <b>"},
		"letters of any kind": {"Grüße 日本 שלום", "Grüße 日本 שלום"},
	} {
		if got := Short(c.in, 40); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestShortKeepsBothEnds(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"abcde", 5, "abcde"},
		{"abcdef", 5, "ab…ef"},
		{"abcdefgh", 6, "abc…gh"},
		{"äöüßéèê", 3, "ä…ê"},
		{"/home/ana/code/deep/down/myapp", 20, "/home/ana/…own/myapp"},
	} {
		if got := Short(c.in, c.width); got != c.want {
			t.Errorf("Short(%q, %d): got %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestManyMachinesAreCounted(t *testing.T) {
	for want, in := range map[string][]string{
		"another machine": nil, "laptop": {"laptop"}, "laptop and mini": {"laptop", "mini"}, "3 machines": {"a", "b", "c"},
		"(no name)": {"\n"}, "a v…me": {"a very long name"},
	} {
		if got := Machines(in, 6); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestContinuedNamesAllMachines(t *testing.T) {
	for _, c := range []struct {
		others []string
		want   string
	}{
		{nil, "continued on two machines: here and another machine"},
		{[]string{"A"}, "continued on two machines: here and A"},
		{[]string{"A", "B"}, "continued on 3 machines: here, A and B"},
		{[]string{"A", "B", "C"}, "continued on 4 machines: here, A, B and C"},
	} {
		if got := Continued(c.others); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

func TestCountKnowsOneFromMany(t *testing.T) {
	for n, want := range map[int]string{0: "0 sessions", 1: "1 session", 2: "2 sessions"} {
		if got := Count(n, "session"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
