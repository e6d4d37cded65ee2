package transcript

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"claude-sync/syncer/ccsync"
)

// after and asideAfter are rows that go on from a row.
func after(parent, id string) string {
	return fmt.Sprintf(`{"type":"user","parentUuid":%q,"uuid":%q}`, parent, id) + "\n"
}

func asideAfter(parent, id string) string {
	return fmt.Sprintf(`{"type":"system","parentUuid":%q,"uuid":%q}`, parent, id) + "\n"
}

// Claude Code hangs its own rows between two turns and behind the last one. They are part of a branch, but it is
// turns that make one.
func TestAForkGoesByTurns(t *testing.T) {
	const session = ccsync.SessionID("a0000000-0000-4000-8000-00000000000a")
	base, theirs := after("", "1"), after("1", "theirs")
	for name, c := range map[string]struct{ ours, tip, want string }{
		"a row behind the last turn": {
			after("1", "2") + asideAfter("2", "s") + glance("a"), "2", after("1", "2") + asideAfter("2", "s") + glance("a"),
		},
		"rows between two turns": {
			after("1", "2") + asideAfter("2", "s") + asideAfter("s", "r") + after("r", "3"), "3", after("1", "2") + asideAfter("2", "s") + asideAfter("s", "r") + after("r", "3"),
		},
		"a row from before": {
			after("1", "2") + asideAfter("1", "s") + glance("a"), "2", after("1", "2"),
		},
		"a row from before, then one of its own": {
			asideAfter("1", "s") + after("1", "2") + asideAfter("2", "r"), "2", asideAfter("1", "s") + after("1", "2") + asideAfter("2", "r"),
		},
		"a row that it goes on from stands last": {
			after("s", "2") + after("1", "theirs") + asideAfter("1", "s"), "2", asideAfter("1", "s") + after("s", "2"),
		},
		"rows alone":            {asideAfter("1", "s") + asideAfter("s", "r"), "", ""},
		"rows in a circle":      {asideAfter("r", "s") + asideAfter("s", "r") + after("r", "2"), "2", asideAfter("r", "s") + asideAfter("s", "r") + after("r", "2")},
		"a turn from itself":    {after("2", "2"), "", ""},
		"what theirs goes from": {after("1", "2") + asideAfter("2", "s") + after("s", "theirs"), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			text := base + c.ours
			b := Branch{Source: local(text), Side: relate(t, text, base+theirs).Ours, Machine: "m"}
			fork, err := b.Fork()
			if err != nil || (fork == nil) != (c.tip == "") {
				t.Fatalf("got %+v, %v, want the tip %q", fork, err, c.tip)
			}
			if fork == nil {
				return
			}
			var got bytes.Buffer
			if err := fork.Write(&got, session, session); err != nil {
				t.Fatal(err)
			}
			if text, _, _ := strings.Cut(got.String(), `{"type":"custom-title"`); fork.tip != c.tip || text != base+c.want {
				t.Errorf("got %q and\n%swant %q and\n%s", fork.tip, text, c.tip, base+c.want)
			}
		})
	}
}
