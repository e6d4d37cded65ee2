package transcript

import (
	"strings"
	"testing"
)

// Each side keeps its own bytes of a row that both have, in the place where the row stands.
func TestMergeKeepsOurBytesOfARewrittenRow(t *testing.T) {
	for name, c := range map[string]struct{ ours, theirs, oursWin, theirsWin string }{
		"alone": {
			rewritten("1", "x"), turn("1"),
			rewritten("1", "x"), rewritten("1", "x"),
		},
		"they went on": {
			rewritten("1", "x") + glance("a"), turn("1") + turn("2"),
			turn("2") + rewritten("1", "x") + glance("a"), glance("a") + rewritten("1", "x") + turn("2"),
		},
		"in the middle": {
			turn("0") + turn("1") + rewritten("2", "x") + turn("3"), rewritten("0", "y") + turn("1") + turn("2") + turn("3") + turn("4"),
			turn("4") + turn("0") + turn("1") + rewritten("2", "x") + turn("3"), turn("0") + turn("1") + rewritten("2", "x") + turn("3") + turn("4"),
		},
		"ours has both forms": {
			turn("1") + rewritten("1", "x"), rewritten("1", "y") + turn("2"),
			turn("2") + turn("1") + rewritten("1", "x"), turn("1") + rewritten("1", "x") + turn("2"),
		},
		"ours has both forms, theirs one of them": {
			glance("a") + turn("1") + rewritten("1", "x"), turn("1") + turn("2"),
			turn("2") + glance("a") + turn("1") + rewritten("1", "x"), glance("a") + rewritten("1", "x") + turn("1") + turn("2"),
		},
		"theirs has both forms": {
			rewritten("1", "x") + glance("a"), turn("1") + rewritten("1", "x") + turn("2"),
			turn("2") + rewritten("1", "x") + glance("a"), glance("a") + rewritten("1", "x") + turn("2"),
		},
		"the other form stands behind the common prefix": {
			turn("1") + glance("a"), turn("1") + rewritten("1", "x") + turn("2"),
			turn("1") + turn("2") + glance("a"), turn("1") + glance("a") + turn("2"),
		},
		"without a newline": {
			strings.TrimSuffix(rewritten("1", "x"), "\n"), turn("1") + turn("2"),
			turn("2") + strings.TrimSuffix(rewritten("1", "x"), "\n"), rewritten("1", "x") + turn("2"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			for winner, want := range map[Winner]string{OursWins: c.oursWin, TheirsWins: c.theirsWin} {
				if got := merged(t, c.ours, c.theirs, winner); got != want {
					t.Errorf("winner %v: got\n%swant\n%s", winner, got, want)
				}
			}
		})
	}
}

func TestRewrittenIsSaidOnlyOfRowsThatBothHave(t *testing.T) {
	base := turn("1") + glance("a")
	for name, c := range map[string]struct {
		ours, theirs string
		want         bool
	}{
		"equal":              {base, base, false},
		"went on":            {base + turn("2"), base + turn("3"), false},
		"a row":              {base + turn("2"), base + rewritten("2", "x"), true},
		"a row, went on":     {base + turn("2") + turn("3"), base + rewritten("2", "x"), true},
		"metadata":           {base + glance("b"), base + glance("c"), false},
		"they have it twice": {base + rewritten("2", "x"), base + turn("2") + rewritten("2", "x"), true},
		"torn":               {base + `{"uuid":"2","x`, base + turn("2"), false},
	} {
		ours, back := relate(t, c.ours, c.theirs), relate(t, c.theirs, c.ours)
		if ours.Rewritten != c.want || back.Rewritten != c.want {
			t.Errorf("%s: got %v and %v, want %v", name, ours.Rewritten, back.Rewritten, c.want)
		}
	}
}
