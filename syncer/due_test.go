package syncer

import (
	"fmt"
	"testing"
	"time"
)

func TestDueCountsWhatClaudeCodeWillDeleteWithinFiveDays(t *testing.T) {
	for _, c := range []struct {
		name      string
		look      Snapshot
		retention time.Duration
		want      string
	}{
		{name: "no sessions", look: saw(), retention: 30 * days, want: "0 due, 0 unsent"},
		{name: "written today", look: saw(session("a")), retention: 30 * days, want: "0 due, 0 unsent"},
		{name: "a minute before the five days begin", look: saw(session("a", idle(25*days-time.Minute))), retention: 30 * days, want: "0 due, 0 unsent"},
		{name: "when the five days begin", look: saw(session("a", idle(25*days))), retention: 30 * days, want: "1 due, 1 unsent"},
		{name: "after its time", look: saw(session("a", idle(31*days))), retention: 30 * days, want: "1 due, 1 unsent"},
		{name: "own pack in step", look: saw(session("a", idle(28*days), same(here))), retention: 30 * days, want: "1 due, 0 unsent"},
		{name: "only laptop's pack has all", look: saw(session("a", idle(28*days), ahead(here), behind("laptop"))), retention: 30 * days, want: "1 due, 0 unsent"},
		{name: "all packs lag", look: saw(session("a", idle(28*days), ahead(here, "laptop"))), retention: 30 * days, want: "1 due, 1 unsent"},
		{name: "two machines went on", look: saw(session("a", idle(28*days), diverged("laptop"))), retention: 30 * days, want: "1 due, 1 unsent"},
		{name: "unreadable, a push could not help", look: saw(session("a", idle(28*days), torn)), retention: 30 * days, want: "1 due, 0 unsent"},
		{name: "only on laptop", look: saw(session("a", idle(28*days), elsewhere("laptop"))), retention: 30 * days, want: "0 due, 0 unsent"},
		{name: "archived", look: saw(session("a", idle(28*days), elsewhere(here))), retention: 30 * days, want: "0 due, 0 unsent"},
		{name: "its checkout is gone", look: saw(repo("myapp", gone), session("a", idle(28*days), noFolder)), retention: 30 * days, want: "1 due, 1 unsent"},
		{name: "kept for a year", look: saw(session("a", idle(28*days))), retention: 365 * days, want: "0 due, 0 unsent"},
		{name: "kept for three days, written today", look: saw(session("a")), retention: 3 * days, want: "1 due, 1 unsent"},
		{name: "two projects", look: saw(repo("myapp"), session("a", idle(28*days)), repo("tools"), session("b", idle(28*days), same(here)), session("c")), retention: 30 * days, want: "2 due, 1 unsent"},
		{name: "kept on this machine only", look: saw(repo("myapp", keptHere), session("a", idle(28*days))), retention: 30 * days, want: "0 due, 0 unsent"},
		{name: "kept on this machine only, beside another", look: saw(repo("myapp", keptHere), session("a", idle(28*days)), repo("tools"), session("b", idle(28*days))), retention: 30 * days, want: "1 due, 1 unsent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			due, unsent := c.look.Due(c.retention)
			if got := fmt.Sprintf("%d due, %d unsent", due, unsent); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
