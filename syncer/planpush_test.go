package syncer

import "testing"

func TestPlanPushPacksWhatNoPackHasWhole(t *testing.T) {
	for _, c := range []planned{
		// Some pack has all.
		{"nothing is registered", saw(), everything(), ""},
		{"a project without sessions", saw(repo("myapp")), everything(), ""},
		{"own pack in step", saw(session("a", same(here))), everything(), ""},
		{"pulled from laptop, nothing added", saw(session("a", same("laptop"))), everything(), ""},
		{"own pack lags, laptop pulled the rest by hand", saw(session("a", ahead(here), same("laptop"))), everything(), ""},
		{"laptop has more", saw(session("a", behind("laptop"))), everything(), ""},
		{"own pack lags, laptop has more", saw(session("a", ahead(here), behind("laptop"))), everything(), ""},
		{"laptop has more, nas went on otherwise", saw(session("a", behind("laptop"), diverged("nas"))), everything(), ""},
		{"conflicted copy of our own pack lags", saw(session("a", same(here), ahead(here))), everything(), ""},
		{"transcript lost rows that our pack has", saw(session("a", behind(here))), everything(), ""},
		{"only on laptop", saw(session("a", elsewhere("laptop"))), everything(), ""},
		{"only on laptop, asked for by its id", saw(session("a", elsewhere("laptop"))), only("a"), ""},
		{"archived", saw(session("a", elsewhere(here))), everything(), ""},
		{"archived, asked for by its id", saw(session("a", elsewhere(here))), only("a"), ""},

		// No pack has all.
		{"a new session", saw(session("a")), everything(), "push myapp a"},
		{"own pack lags", saw(session("a", ahead(here))), everything(), "push myapp a"},
		{"pulled from laptop, two turns added", saw(session("a", ahead("laptop"))), everything(), "push myapp a"},
		{"own pack, laptop and nas lag", saw(session("a", ahead(here, "laptop", "nas"))), everything(), "push myapp a"},
		{"own pack and its conflicted copy lag", saw(session("a", ahead(here, here))), everything(), "push myapp a"},
		{"own pack has an old form of a row, laptop in step", saw(session("a", same("laptop"), ahead(here), rewritten)), everything(), "push myapp a"},
		{"own pack is damaged, laptop in step", saw(session("a", same("laptop"), ahead(here), damagedPack)), everything(), "push myapp a"},
		{"own pack is damaged, kept on this machine only", saw(repo("myapp", keptHere), session("a", ahead(here), damagedPack)), everything(), ""},
		{"own pack has an old form of a row, and more", saw(session("a", behind(here), rewritten)), everything(), "push myapp a"},
		{"own pack has an old form of a row, laptop has more", saw(session("a", behind("laptop"), ahead(here), rewritten)), everything(), "push myapp a"},
		{"own pack of a former key has an old form of a row", saw(session("a", ahead(here), rewritten, under("git:a"))), everything(), "push myapp a under git:a"},
		{"own packs of two keys have an old form of a row", saw(session("a", ahead(here), rewritten, under("git:a"), ahead(here), rewritten, under("git:b"))), everything(),
			"push myapp a under git:a; push myapp a under git:b"},
		{"own pack of a former key, and more rows", saw(session("a", ahead(here), under("git:a"))), everything(), "push myapp a"},
		{"own pack has an old form of a row, kept on this machine only", saw(repo("myapp", keptHere), session("a", ahead(here), rewritten)), everything(), ""},
		{"a new session of a checkout that is gone", saw(session("a", noFolder)), everything(), "push myapp a"},
		{"two new sessions", saw(session("a"), session("b")), everything(), "push myapp a; push myapp b"},

		// A sync tool has made a copy of our own pack.
		{"own pack in step, its copy too", saw(session("a", same(here), conflicted(Same))), everything(), "tidy myapp a"},
		{"own pack in step, its copy lags", saw(session("a", same(here), conflicted(Ahead))), everything(), "tidy myapp a"},
		{"own pack in step, its copy has more", saw(session("a", same(here), conflicted(Behind))), everything(), "tidy myapp a"},
		{"own pack in step, its copy parted", saw(session("a", same(here), parted)), everything(), "push myapp a; tidy myapp a"},
		{"own pack lags, its copy is in step", saw(session("a", ahead(here), conflicted(Same))), everything(), "push myapp a; tidy myapp a"},
		{"own pack and its copy lag, laptop is in step", saw(session("a", ahead(here), conflicted(Ahead), same("laptop"))), everything(), "tidy myapp a"},
		{"the copy of an archived session", saw(session("a", elsewhere(here), conflicted(RemoteOnly))), everything(), "tidy myapp a"},
		{"a copy, another session asked for", saw(session("a", same(here), conflicted(Same)), session("b", same(here))), only("b"), ""},
		{"a copy, kept on this machine only", saw(repo("myapp", keptHere), session("a", same(here), conflicted(Same))), everything(), ""},
		{"a copy beside a torn transcript", saw(session("a", torn, conflicted(Same))), everything(), "broken myapp a: unreadable"},
		{"a copy of laptop's pack", saw(session("a", same(here), same("laptop", "laptop"))), everything(), ""},

		// Two machines went on.
		{"two machines went on", saw(session("a", diverged("laptop"))), everything(), "conflict myapp a from laptop; push myapp a"},
		{"two machines went on, own pack lags", saw(session("a", ahead(here), diverged("laptop"))), everything(), "conflict myapp a from laptop; push myapp a"},
		{"two machines went on, own pack in step", saw(session("a", same(here), diverged("laptop"))), everything(), "conflict myapp a from laptop"},
		{"two machines went on, nas has ours", saw(session("a", same("nas"), diverged("laptop"))), everything(), "conflict myapp a from laptop"},
		{"three machines went on", saw(session("a", diverged("laptop", "nas"))), everything(), "conflict myapp a from laptop, nas; push myapp a"},
		{"laptop and its conflicted copy went on", saw(session("a", diverged("laptop", "laptop"))), everything(), "conflict myapp a from laptop; push myapp a"},
		{"two machines went on, overwrite", saw(session("a", diverged("laptop"))), overwrite(), "resolve myapp a with ours from laptop; push myapp a"},
		{"two machines went on, own pack in step, overwrite", saw(session("a", same(here), diverged("laptop"))), overwrite(), "resolve myapp a with ours from laptop; push myapp a"},
		{"three machines went on, overwrite", saw(session("a", diverged("laptop", "nas"))), overwrite(), "resolve myapp a with ours from laptop, nas; push myapp a"},
		{"two machines went on, overwrite this one", saw(session("a", diverged("laptop")), session("b", diverged("nas"))), overwriteOnly("b"), "resolve myapp b with ours from nas; push myapp b"},
		{"own pack lags, overwrite", saw(session("a", ahead(here))), overwrite(), "push myapp a"},
		{"laptop has more, overwrite", saw(session("a", behind("laptop"))), overwrite(), ""},
		{"in step, overwrite", saw(session("a", same(here))), overwrite(), ""},

		// Open in Claude Code.
		{"a new session that is open", saw(session("a", open(7))), everything(), "push myapp a"},
		{"a new session that is being written", saw(session("a", open(0))), everything(), "push myapp a"},
		{"open and in step", saw(session("a", same(here), open(7))), everything(), ""},
		{"open, two machines went on", saw(session("a", diverged("laptop"), open(7))), everything(), "conflict myapp a from laptop; push myapp a"},
		{"open, two machines went on, overwrite", saw(session("a", diverged("laptop"), open(7))), overwrite(), "hold myapp a from laptop; push myapp a"},
		{"open, two machines went on, own pack in step, overwrite", saw(session("a", same(here), diverged("laptop"), open(7))), overwrite(), "hold myapp a from laptop"},

		// Kept local, unreadable, without checkout.
		{"kept on this machine only", saw(repo("myapp", keptHere), session("a")), everything(), ""},
		{"kept on this machine only, asked for by its id", saw(repo("myapp", keptHere), session("a")), only("a"), ""},
		{"kept on this machine only, its project asked for", saw(repo("myapp", keptHere), session("a")), within("myapp"), ""},
		{"kept on this machine only, two machines went on, overwrite", saw(repo("myapp", keptHere), session("a", diverged("laptop"))), overwrite(), ""},
		{"kept on this machine only stops no other", saw(repo("myapp", keptHere), session("a"), repo("tools"), session("b")), everything(), "push tools b"},
		{"torn transcript", saw(session("a", torn)), everything(), "broken myapp a: unreadable"},
		{"torn transcript, overwrite", saw(session("a", torn)), overwrite(), "broken myapp a: unreadable"},
		{"torn transcript, kept on this machine only", saw(repo("myapp", keptHere), session("a", torn)), everything(), ""},
		{"torn transcript beside a good one", saw(session("a", torn), session("b")), everything(), "broken myapp a: unreadable; push myapp b"},
		{"no checkout here", saw(waits("tools", 2, "laptop")), everything(), ""},

		// Several, and a part of them.
		{"two projects", saw(repo("myapp"), session("a"), repo("tools"), session("b")), everything(), "push myapp a; push tools b"},
		{"one of two projects", saw(repo("myapp"), session("a"), repo("tools"), session("b")), within("tools"), "push tools b"},
		{"one of two sessions", saw(session("a"), session("b")), only("b"), "push myapp b"},
		{"one id in two projects, one of them asked for", saw(repo("myapp"), session("a"), repo("tools"), session("a")), onlyWithin("a", "tools"), "push tools a"},
		{"a session that is not there", saw(session("a")), only("b"), ""},
	} {
		c.run(t, PlanPush)
	}
}
