package doctor

import (
	"testing"

	"claude-sync/syncer"
)

// unplaced is a look that found a session of a folder that is not registered.
func unplaced(p entry, cwd string) syncer.Snapshot {
	s := saw(p)
	s.Unplaced = []syncer.Unplaced{{Reason: &syncer.UnplacedError{Cwd: cwd}}}
	return s
}

func TestAFolderWithoutSessionsOfWhatIsRegisteredIsTold(t *testing.T) {
	const (
		unused  = "Claude Code has not been used with its folder /home/.claude: there are no projects in it"
		another = "Claude Code's folder /home/.claude has no session of a registered project"
		start   = "if you start Claude Code with CLAUDE_CONFIG_DIR, set it for claude-sync, too"
		restore = "set CLAUDE_CONFIG_DIR as it was when you used Claude Code, or unset it"
	)
	at := Store{Dir: "/home/.claude"}
	for _, c := range []struct {
		name       string
		look       syncer.Snapshot
		at         Store
		want, cure string
	}{
		{"nothing is registered", saw(), at, "", ""},
		{"nothing is registered, and Claude Code was never used", saw(), Store{Dir: at.Dir, Unused: true}, "", ""},
		{"a session is here", saw(session("a")), at, "", ""},
		{"a session of the second project is here", saw(repo("myapp"), repo("tools"), session("a")), at, "", ""},
		{"a session is here that cannot be read", saw(session("a", torn)), at, "", ""},
		{"the only checkout is gone", saw(repo("myapp", gone)), at, "", ""},
		{"a project without any checkout", saw(repo("myapp", func(p *syncer.Project) { p.Cwds = nil })), at, "", ""},
		{"a project that waits for a checkout", saw(waits("tools", 1, "laptop")), at, "", ""},
		{"a checkout, and no session", saw(repo("myapp")), at, another, start},
		{"a checkout, and a session of a folder that is not registered yet", unplaced(repo("myapp"), "/new"), at, "", ""},
		{"one of two checkouts is gone, and no session", saw(repo("myapp", gone, alsoAt("/new"))), at, another, start},
		{"sessions are only on laptop", saw(session("a", elsewhere("laptop"))), at, another, start},
		{"Claude Code was never used here", saw(repo("myapp")), Store{Dir: at.Dir, Unused: true}, unused, start},
		{"in the folder that was chosen", saw(repo("myapp")), Store{Dir: "/other", Chosen: true}, "Claude Code's folder /other (from CLAUDE_CONFIG_DIR) has no session of a registered project", restore},
		{"never used in the folder that was chosen", saw(repo("myapp")), Store{Dir: "/other", Unused: true, Chosen: true}, "Claude Code has not been used with its folder /other (from CLAUDE_CONFIG_DIR): there are no projects in it", restore},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := "", CheckStore(c.look, c.at)
			if err != nil {
				got = err.Error()
			}
			if got != c.want || syncer.Hint(err) != c.cure {
				t.Errorf("got  %q, %q\nwant %q, %q", got, syncer.Hint(err), c.want, c.cure)
			}
		})
	}
}
