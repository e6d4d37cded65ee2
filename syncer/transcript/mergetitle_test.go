package transcript

import (
	"fmt"
	"strings"
	"testing"
)

// TestRenameSurvivesAnOldTitleWrittenAgain: Claude Code 2.1.330 writes the title it loaded again whenever the last 64 KB
// of a transcript lack it (a long turn, /exit), so that the side that wins may end with the old one.
func TestRenameSurvivesAnOldTitleWrittenAgain(t *testing.T) {
	title := func(s string) string { return fmt.Sprintf(`{"type":"custom-title","customTitle":%q}`, s) + "\n" }
	turn := func(id string) string { return fmt.Sprintf(`{"type":"user","uuid":%q}`, id) + "\n" }
	long := fmt.Sprintf(`{"type":"x","x":%q}`, strings.Repeat("x", window)) + "\n"
	for _, c := range []struct{ name, base, winner, loser, want string }{
		{"the winner wrote the old one again", title("old"), turn("b") + title("old"), title("new"), "new"},
		{"the winner's rows push the new one out of the window", "", turn("b") + long, title("new"), "new"},
		{"both renamed: the winner's", title("old"), turn("b") + title("mine"), title("new"), "mine"},
		{"only the winner renamed", title("old"), turn("b") + title("mine"), title("old"), "mine"},
		{"the loser renamed it there and back", title("old"), turn("b"), title("new") + title("old"), "old"},
		{"nobody renamed, out of the window", title("old"), turn("b") + long, `{"type":"mode"}` + "\n", "old"},
		{"no title", "", turn("b"), `{"type":"mode"}` + "\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := merged(t, turn("a")+c.base+c.loser, turn("a")+c.base+c.winner, TheirsWins)
			var k titleKeeper
			if _, err := k.Write([]byte(got)); err != nil {
				t.Fatal(err)
			}
			if want := title(c.want); c.want != "" && string(k.last) != want {
				t.Errorf("the last title is %q, want %q", k.last, want)
			}
			if c.want == "" && k.last != nil {
				t.Errorf("the last title is %q, want none", k.last)
			}
			if k.last != nil && k.size-k.end > window {
				t.Errorf("the title stands %d bytes before the end, where no picker finds it", k.size-k.end)
			}
		})
	}
}
