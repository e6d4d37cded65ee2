package syncer

import "testing"

func TestPlanPullBringsWhatIsElsewhereAndLeavesWhatNeedsAPerson(t *testing.T) {
	for _, c := range []planned{
		// In step, or more here.
		{"nothing is registered", saw(), everything(), ""},
		{"a project without sessions", saw(repo("myapp")), everything(), ""},
		{"only here", saw(session("a")), everything(), ""},
		{"in step with laptop", saw(session("a", same("laptop"))), everything(), ""},
		{"this machine has two turns more", saw(session("a", ahead("laptop"))), everything(), ""},
		{"own pack lags, laptop is in step", saw(session("a", ahead(here), same("laptop"))), everything(), ""},

		// More elsewhere.
		{"laptop has two turns more", saw(session("a", behind("laptop"))), everything(), "update myapp a from laptop"},
		{"laptop has more than our pack, too", saw(session("a", same(here), behind("laptop"))), everything(), "update myapp a from laptop"},
		{"laptop has more, nas is in step", saw(session("a", behind("laptop"), same("nas"))), everything(), "update myapp a from laptop"},
		{"laptop has more, nas lags", saw(session("a", behind("laptop"), ahead("nas"))), everything(), "update myapp a from laptop"},
		{"laptop and nas have more", saw(session("a", behind("laptop", "nas"))), everything(), "update myapp a from laptop, nas"},
		{"laptop has more, nas went on otherwise", saw(session("a", diverged("nas"), behind("laptop"))), everything(), "update myapp a from laptop, nas"},
		{"transcript lost rows that our pack has", saw(session("a", behind(here))), everything(), "update myapp a from desktop"},
		{"laptop has more, our checkout is gone", saw(session("a", behind("laptop"), noFolder)), everything(), "update myapp a from laptop"},
		{"conflicted copy of one machine counts once", saw(session("a", behind("laptop", "laptop"))), everything(), "update myapp a from laptop"},
		{"pack and conflicted copy stand differently", saw(session("a", same("laptop"), behind("laptop"))), everything(), "update myapp a from laptop"},

		// Only elsewhere.
		{"only on laptop", saw(session("a", elsewhere("laptop"))), everything(), "install myapp a from laptop"},
		{"on laptop and nas, nas packed last", saw(session("a", elsewhere("laptop", "nas"), exportedAt(0))), everything(), "install myapp a from nas"},
		{"on laptop and nas, laptop packed last", saw(session("a", elsewhere("laptop"), exportedAt(0), elsewhere("nas"))), everything(), "install myapp a from laptop"},
		{"on laptop and nas, packed at once", saw(session("a", elsewhere("laptop", "nas"))), everything(), "install myapp a from laptop"},
		{"on laptop with a conflicted copy", saw(session("a", elsewhere("laptop", "laptop"))), everything(), "install myapp a from laptop"},
		{"only on laptop, overwrite", saw(session("a", elsewhere("laptop"))), overwrite(), "install myapp a from laptop"},
		{"only on laptop, all checkouts are gone", saw(session("a", elsewhere("laptop"), noFolder)), everything(), "wait myapp a (1) from laptop"},

		// Two machines went on.
		{"two machines went on", saw(session("a", diverged("laptop"))), everything(), "conflict myapp a from laptop"},
		{"two machines went on, asked for by its id", saw(session("a", diverged("laptop"))), only("a"), "conflict myapp a from laptop"},
		{"two machines went on, nas has ours", saw(session("a", same("nas"), diverged("laptop"))), everything(), "conflict myapp a from laptop"},
		{"three machines went on", saw(session("a", diverged("laptop", "nas"))), everything(), "conflict myapp a from laptop, nas"},
		{"two machines went on, overwrite", saw(session("a", diverged("laptop"))), overwrite(), "resolve myapp a with laptop from laptop"},
		{"two machines went on, overwrite this one", saw(session("a", diverged("laptop")), session("b", diverged("nas"))), overwriteOnly("b"), "resolve myapp b with nas from nas"},
		{"three machines went on, overwrite takes a name", saw(session("a", diverged("laptop", "nas"))), overwrite(), "conflict myapp a from laptop, nas"},
		{"laptop and its conflicted copy went on, overwrite", saw(session("a", diverged("laptop", "laptop"))), overwrite(), "resolve myapp a with laptop from laptop"},
		{"laptop has more, overwrite", saw(session("a", behind("laptop"))), overwrite(), "update myapp a from laptop"},
		{"laptop has more, nas went on otherwise, overwrite", saw(session("a", behind("laptop"), diverged("nas"))), overwrite(), "update myapp a from laptop, nas"},
		{"this machine has more, overwrite", saw(session("a", ahead("laptop"))), overwrite(), ""},
		{"in step, overwrite", saw(session("a", same("laptop"))), overwrite(), ""},

		// Open in Claude Code.
		{"open here and newer on laptop", saw(session("a", behind("laptop"), open(7))), everything(), "hold myapp a from laptop"},
		{"being written here and newer on laptop", saw(session("a", behind("laptop"), open(0))), everything(), "hold myapp a from laptop"},
		{"open here, two machines went on", saw(session("a", diverged("laptop"), open(7))), everything(), "hold myapp a from laptop"},
		{"open here, two machines went on, overwrite", saw(session("a", diverged("laptop"), open(7))), overwrite(), "hold myapp a from laptop"},
		{"open here, laptop has more, nas went on otherwise", saw(session("a", behind("laptop"), diverged("nas"), open(7))), everything(), "hold myapp a from laptop, nas"},
		{"open here and in step", saw(session("a", same("laptop"), open(7))), everything(), ""},
		{"open here and only here", saw(session("a", open(7))), everything(), ""},
		{"open here stops no other", saw(session("a", behind("laptop"), open(7)), session("b", behind("laptop"))), everything(), "hold myapp a from laptop; update myapp b from laptop"},

		// Archived.
		{"archived", saw(session("a", elsewhere(here))), everything(), ""},
		{"archived, pulled from laptop once", saw(session("a", elsewhere("laptop"), wasHere)), everything(), ""},
		{"archived, overwrite", saw(session("a", elsewhere(here, "laptop"))), overwrite(), ""},
		{"archived, its project asked for", saw(session("a", elsewhere(here))), within("myapp"), ""},
		{"archived, another asked for", saw(session("a", elsewhere(here)), session("b", same("laptop"))), only("b"), ""},
		{"archived, asked for by its id", saw(session("a", elsewhere("laptop"), wasHere)), only("a"), "install myapp a from laptop"},
		{"archived in our pack only, asked for by its id", saw(session("a", elsewhere(here))), only("a"), "install myapp a from desktop"},
		{"archived, all of them asked for", saw(session("a", elsewhere(here)), session("b", elsewhere("laptop"), wasHere), session("c", same(here))), archive(), "install myapp a from desktop; install myapp b from laptop"},
		{"archived, kept on this machine only, all asked for", saw(repo("myapp", keptHere), session("a", elsewhere(here))), archive(), ""},
		{"archived, asked for, all checkouts are gone", saw(session("a", elsewhere(here), noFolder)), only("a"), "wait myapp a (1) from desktop"},

		// Kept local, unreadable, without checkout.
		{"kept on this machine only, laptop has more", saw(repo("myapp", keptHere), session("a", behind("laptop"))), everything(), ""},
		{"kept on this machine only, only on laptop", saw(repo("myapp", keptHere), session("a", elsewhere("laptop"))), everything(), ""},
		{"kept on this machine only, asked for by its id", saw(repo("myapp", keptHere), session("a", behind("laptop"))), only("a"), ""},
		{"kept on this machine only stops no other", saw(repo("myapp", keptHere), session("a", behind("laptop")), repo("tools"), session("b", behind("laptop"))), everything(), "update tools b from laptop"},
		{"torn transcript", saw(session("a", torn)), everything(), "broken myapp a: unreadable"},
		{"torn transcript, laptop has more", saw(session("a", torn, behind("laptop"))), everything(), "broken myapp a: unreadable"},
		{"torn transcript that is open", saw(session("a", torn, open(7))), everything(), "broken myapp a: unreadable"},
		{"torn transcript, overwrite", saw(session("a", torn)), overwriteOnly("a"), "broken myapp a: unreadable"},
		{"torn transcript, kept on this machine only", saw(repo("myapp", keptHere), session("a", torn)), everything(), ""},
		{"torn transcript beside a good one", saw(session("a", torn), session("b", behind("laptop"))), everything(), "broken myapp a: unreadable; update myapp b from laptop"},
		{"no checkout here", saw(waits("tools", 2, "laptop", "nas")), everything(), "wait tools (2) from laptop, nas"},
		{"no checkout here, overwrite", saw(waits("tools", 2, "laptop")), overwrite(), "wait tools (2) from laptop"},
		{"no checkout here, another project asked for", saw(repo("myapp"), waits("tools", 2, "laptop")), within("myapp"), ""},
		{"no checkout here, one session asked for", saw(session("a", same("laptop")), waits("tools", 2, "laptop")), only("a"), ""},
		{"no checkout here stops no other", saw(waits("tools", 2, "laptop"), session("a", behind("laptop"))), everything(), "update myapp a from laptop; wait tools (2) from laptop"},

		// Several, and a part of them.
		{"two projects", saw(repo("myapp"), session("a", behind("laptop")), repo("tools"), session("b", elsewhere("nas"))), everything(), "update myapp a from laptop; install tools b from nas"},
		{"one of two projects", saw(repo("myapp"), session("a", behind("laptop")), repo("tools"), session("b", elsewhere("nas"))), within("tools"), "install tools b from nas"},
		{"one of two sessions", saw(session("a", behind("laptop")), session("b", behind("laptop"))), only("b"), "update myapp b from laptop"},
		{"one id in two projects", saw(repo("myapp"), session("a", behind("laptop")), repo("tools"), session("a", behind("nas"))), only("a"), "update myapp a from laptop; update tools a from nas"},
		{"one id in two projects, one of them asked for", saw(repo("myapp"), session("a", behind("laptop")), repo("tools"), session("a", behind("nas"))), onlyWithin("a", "tools"), "update tools a from nas"},
		{"a session of another project", saw(repo("myapp"), session("a", behind("laptop")), repo("tools"), session("b")), onlyWithin("a", "tools"), ""},
		{"a session that is not there", saw(session("a", behind("laptop"))), only("b"), ""},
	} {
		c.run(t, PlanPull)
	}
}

func TestArchivedSessionsAreToldUnlessTheyComeBackOrStayHere(t *testing.T) {
	has := func(n int) func(*Project) { return func(p *Project) { p.Archived = n } }
	saw := saw(repo("myapp", has(2)), repo("tools", has(1)), repo("diary", has(4), keptHere))
	for name, c := range map[string]struct {
		scope Scope
		want  int
	}{
		"everything": {everything(), 3}, "one project": {within("tools"), 1}, "one session": {only("a"), 0}, "all of them": {archive(), 0}, "one that stays here": {within("diary"), 0},
	} {
		got := 0
		for _, e := range saw.ArchivedHere(c.scope) {
			if got += e.Count; e.Kind != InArchive || e.Hint() != "claude-sync pull --archived brings them back" || ExitCode([]Event{e}) != 0 {
				t.Errorf("%s: %+v", name, e)
			}
		}
		if got != c.want {
			t.Errorf("%s: told of %d, want %d", name, got, c.want)
		}
	}
}
