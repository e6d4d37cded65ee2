package doctor

import (
	"errors"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/transport"
)

// facts is a machine where all is well, but for what the others say.
func facts(look syncer.Snapshot, but ...func(*Facts)) Facts {
	f := Facts{ConfigFile: "/conf/config.json", Machine: here, SyncDir: "/sync", Marked: true, Free: 50 << 30,
		Look: look, Claude: "2.1.330", Retention: 30 * days, Now: noon()}
	for _, set := range but {
		set(&f)
	}
	return f
}

func configErr(err error) func(*Facts)   { return func(f *Facts) { f.ConfigErr = err } }
func folderErr(err error) func(*Facts)   { return func(f *Facts) { f.Folder = err } }
func lookErr(err error) func(*Facts)     { return func(f *Facts) { f.LookErr = err } }
func free(bytes int64) func(*Facts)      { return func(f *Facts) { f.Free = bytes } }
func keeps(d time.Duration) func(*Facts) { return func(f *Facts) { f.Retention = d } }
func storeErr(err error) func(*Facts)    { return func(f *Facts) { f.StoreErr = err } }
func loginErr(err error) func(*Facts)    { return func(f *Facts) { f.LoginErr = err } }
func goesBy(name string) func(*Facts)    { return func(f *Facts) { f.Name = name } }
func noMarker(f *Facts)                  { f.Marked = false }
func noGit(f *Facts)                     { f.NoGit = true }
func noClaude(f *Facts)                  { f.Claude = "" }

func good(topic, text string) Finding       { return Finding{Fine, topic, text, ""} }
func note(topic, text, cure string) Finding { return Finding{Note, topic, text, cure} }
func bad(topic, text, cure string) Finding  { return Finding{Bad, topic, text, cure} }

// The advice, each sentence once: that of package syncer, which has tests of its own, and that which only the doctor gives.
const (
	adviseInit     = "claude-sync init <folder that your machines share> sets it up"
	adviseFetch    = "claude-sync pull fetches it; choose \"Always keep on this device\" for the sync folder to have all at once"
	adviseWait     = "wait until your sync tool has finished, then run claude-sync pull again"
	adviseRoom     = "make room on that disk, then run the command again"
	adviseUnlock   = "unlock the drive, or check it for errors if it became read-only by itself; claude-sync pull needs only to read it"
	adviseConnect  = "connect the drive or start your sync tool, then run the command again; claude-sync init <folder> if the folder moved"
	adviseNewer    = "update claude-sync on this machine"
	adviseLeave    = "leave the session in Claude Code first, then run the command again"
	adviseMend     = "mend the file, or move it away and run claude-sync init again"
	adviseEither   = "claude-sync pull a1000000 --overwrite continues with theirs and keeps yours as a fork; claude-sync push a1000000 --overwrite the other way round"
	adviseResolve  = "claude-sync resolve a1000000 --with <machine> continues with one branch and keeps the others as forks"
	adviseCheckout = "clone it and run claude-sync register <its folder>, with --as <its name> if it has another remote here; or claude-sync init --roots <folder with your repositories>, then pull again"
	adviseGone     = "claude-sync register <its new folder>, or claude-sync forget /code/myapp"
	adviseGoneAs   = "claude-sync register <its new folder> --as myapp, or claude-sync forget /code/myapp"

	adviseName = "claude-sync init --name <other>"
	cureMarker = "connect its drive, if it has one; if the folder is right, claude-sync init puts the marker back"
	cureRoom   = "make room on that disk"
	curePush   = "claude-sync push --all"
	cureGit    = "install it: without git, no repository can be told from another"
	cureClaude = "install it, or put its folder on the PATH"
)

// swept is what the doctor says of sessions that Claude Code will delete soon.
func swept(due string, unsent int) Finding {
	if unsent == 0 {
		return note("retention", due+" will be deleted here by Claude Code within 5 days; all are in the sync folder", "")
	}
	return bad("retention", fmt.Sprintf("%s will be deleted here by Claude Code within 5 days; not in the sync folder: %d", due, unsent), curePush)
}

// fast is what the doctor says of a machine whose clock is ahead.
func fast(machine, by string) Finding {
	return bad("clock", "a pack of "+machine+" comes from "+by+" in the future", "set the clock of this machine or of "+machine)
}

// diagnosis is what the doctor finds that is not fine.
type diagnosis struct {
	name  string
	facts Facts
	want  []Finding
}

func (c diagnosis) run(t *testing.T) {
	t.Run(c.name, func(t *testing.T) {
		got := slices.DeleteFunc(Diagnose(c.facts), func(f Finding) bool { return f.Severity == Fine })
		if !slices.Equal(got, c.want) {
			t.Errorf("got\n%q\nwant\n%q", got, c.want)
		}
	})
}

func TestDiagnoseFindsWhatNeedsAPerson(t *testing.T) {
	full := onFile(syscall.ENOSPC)
	late := func(machines ...string) syncer.Snapshot {
		var all []entry
		for i, m := range machines {
			all = append(all, session(fmt.Sprint("a", i), same(m), exportedAt(time.Hour)))
		}
		return saw(all...)
	}
	for _, c := range []diagnosis{
		{name: "all is well", facts: facts(saw(session("a", same(here, "laptop"))))},
		{name: "no project yet", facts: facts(saw())},

		// The configuration ends it.
		{name: "not set up yet", facts: facts(saw(), configErr(syncer.ErrNotSetUp), noGit), want: []Finding{bad("configuration", "this machine is not set up yet", adviseInit)}},
		{name: "configuration is no JSON", facts: facts(saw(), configErr(&syncer.BrokenFileError{Path: "/c.json", Line: 3, Err: errors.New("boom")})), want: []Finding{bad("configuration", "/c.json, line 3: boom", adviseMend)}},

		// The machines.
		{name: "it goes by its name", facts: facts(saw(), goesBy(here))},
		{name: "another machine has its name", facts: facts(saw(), goesBy(here+"-2")), want: []Finding{bad("machine", "another machine has the name "+here+"; this one goes on as "+here+"-2", adviseName)}},

		// The sync folder.
		{name: "the stick is not in", facts: facts(saw(), folderErr(&transport.UnavailableError{Place: "/sync", Reason: "not there"})), want: []Finding{bad("sync folder", "/sync is not available: not there", adviseConnect)}},
		{name: "the stick is not in, nothing else is said of it", facts: facts(saw(), folderErr(&transport.UnavailableError{Place: "/sync", Reason: "not there"}), noMarker, free(0), lookErr(errors.New("boom"))), want: []Finding{bad("sync folder", "/sync is not available: not there", adviseConnect)}},
		{name: "sync folder is read-only", facts: facts(saw(), folderErr(onFile(syscall.EROFS))), want: []Finding{bad("sync folder", onFile(syscall.EROFS).Error(), adviseUnlock)}},
		{name: "marker is missing", facts: facts(saw(), noMarker), want: []Finding{bad("sync folder", "its marker "+transport.Marker+" is missing", cureMarker)}},
		{name: "its disk is nearly full", facts: facts(saw(), free(199<<20)), want: []Finding{bad("sync folder", "only 199 MB are free on its disk", cureRoom)}},
		{name: "its disk has just enough room", facts: facts(saw(), free(200<<20))},
		{name: "its disk is full", facts: facts(saw(), free(0)), want: []Finding{bad("sync folder", "only 0 MB are free on its disk", cureRoom)}},
		{name: "its disk does not say", facts: facts(saw(), free(-1))},
		{name: "marker is missing, disk is nearly full", facts: facts(saw(), noMarker, free(0)), want: []Finding{bad("sync folder", "its marker "+transport.Marker+" is missing", cureMarker), bad("sync folder", "only 0 MB are free on its disk", cureRoom)}},
		{name: "the look failed", facts: facts(saw(), lookErr(full)), want: []Finding{bad("state", full.Error(), adviseRoom)}},
		{name: "file still arrives", facts: facts(saw(lies("app/x.ccsync", ccsync.ErrTruncated, true))), want: []Finding{note("stray", "app/x.ccsync: "+ccsync.ErrTruncated.Error(), adviseWait)}},
		{name: "file is only in the cloud", facts: facts(saw(lies("app/x.ccsync", transport.ErrNotDownloaded, true))), want: []Finding{note("stray", "app/x.ccsync: not yet downloaded", adviseFetch)}},
		{name: "file of a newer claude-sync", facts: facts(saw(lies("app/x.ccsync", &ccsync.VersionError{Version: "9"}, false))), want: []Finding{bad("stray", "app/x.ccsync: "+(&ccsync.VersionError{Version: "9"}).Error(), adviseNewer)}},
		{name: "file is not a pack", facts: facts(saw(lies("app/x.ccsync", &ccsync.FormatError{Reason: "no header"}, false))), want: []Finding{bad("stray", "app/x.ccsync: not a pack: no header", "")}},
		{name: "file whose name turns the terminal's text", facts: facts(saw(lies("app/\x1b\u202ex", errors.New("boom"), false))), want: []Finding{bad("stray", "app/\uFFFD\uFFFDx: boom", "")}},

		// Projects.
		{name: "folder without remote is gone", facts: facts(saw(repo("myapp", gone))), want: []Finding{bad("project", "myapp: its folder /code/myapp is gone", adviseGoneAs)}},
		{name: "clone is gone", facts: facts(saw(repo("myapp", cloned, gone))), want: []Finding{bad("project", "myapp: its folder /code/myapp is gone", adviseGone)}},
		{name: "one of two clones is gone, the other has its sessions", facts: facts(saw(repo("myapp", cloned, gone, alsoAt("/new"))))},
		{name: "no checkout here", facts: facts(saw(waits("tools", 2, "laptop", "nas"))), want: []Finding{note("waiting", "tools: 2 sessions from laptop and nas, no checkout here", adviseCheckout)}},
		{name: "no checkout here, one session", facts: facts(saw(waits("tools", 1, "laptop"))), want: []Finding{note("waiting", "tools: 1 session from laptop, no checkout here", adviseCheckout)}},

		// Sessions.
		{name: "two machines went on", facts: facts(saw(session("a1000000-0", titled("Fix login"), same(here), diverged("laptop")))), want: []Finding{bad("conflict", "myapp: 'Fix login' was continued on two machines: here and laptop", adviseEither)}},
		{name: "three machines went on", facts: facts(saw(session("a1000000-0", titled("Fix login"), diverged("laptop", "nas", "nas"), same(here)))), want: []Finding{bad("conflict", "myapp: 'Fix login' was continued on 3 machines: here, laptop and nas", adviseResolve)}},
		{name: "laptop has more, nas went on otherwise", facts: facts(saw(session("a", behind("laptop"), diverged("nas"))))},
		{name: "something to pull, something to push", facts: facts(saw(session("a", behind("laptop")), session("b"), session("c", elsewhere("laptop"))))},
		{name: "open in Claude Code", facts: facts(saw(session("a", behind("laptop"), open(7))))},
		{name: "archived", facts: facts(saw(session("a", elsewhere(here), idle(90*days))))},
		{name: "torn transcript beside a good one", facts: facts(saw(session("a", torn), session("b", same(here)))), want: []Finding{bad("session", "myapp: unreadable", "")}},
		// Kept on this machine only: pull and push would do nothing about it.
		{name: "two machines went on, kept on this machine only", facts: facts(saw(repo("myapp", keptHere), session("a", diverged("laptop"))))},
		{name: "kept on this machine only, old and not packed", facts: facts(saw(repo("myapp", keptHere), session("a", idle(28*days))))},

		// Retention.
		{name: "old, in the sync folder", facts: facts(saw(session("a", same(here), idle(28*days)))), want: []Finding{swept("1 session", 0)}},
		{name: "old, not in the sync folder", facts: facts(saw(session("a", idle(28*days)))), want: []Finding{swept("1 session", 1)}},
		{name: "three old ones, two not in the sync folder", facts: facts(saw(session("a", idle(28*days)), repo("tools"), session("b", idle(28*days), ahead(here)), session("c", idle(28*days), same(here)))), want: []Finding{swept("3 sessions", 2)}},
		{name: "old, but Claude Code keeps sessions for a year", facts: facts(saw(session("a", idle(28*days))), keeps(365*days))},

		// The clock and the programs.
		{name: "laptop's clock is 10 minutes ahead", facts: facts(saw(session("a", same("laptop"), exportedAt(10*time.Minute))))},
		{name: "laptop's clock is 11 minutes ahead", facts: facts(saw(session("a", same("laptop"), exportedAt(11*time.Minute)))), want: []Finding{fast("laptop", "11m0s")}},
		{name: "laptop's clock is an hour late", facts: facts(saw(session("a", same("laptop"), exportedAt(-time.Hour))))},
		{name: "our clock was ahead when we packed", facts: facts(saw(session("a", same(here), exportedAt(time.Hour)))), want: []Finding{fast(here, "1h0m0s")}},
		{name: "two packs of laptop, the later one is said", facts: facts(saw(session("a", same("laptop"), exportedAt(2*time.Hour)), session("b", same("laptop"), exportedAt(time.Hour)))), want: []Finding{fast("laptop", "2h0m0s")}},
		{name: "five clocks are ahead, in the machines' order", facts: facts(late("nas", "laptop", "tower", "bench", "attic")), want: []Finding{fast("attic", "1h0m0s"), fast("bench", "1h0m0s"), fast("laptop", "1h0m0s"), fast("nas", "1h0m0s"), fast("tower", "1h0m0s")}},
		{name: "Claude Code's folder is another one", facts: facts(saw(), storeErr(syncer.ErrNotSetUp)), want: []Finding{note("Claude Code", syncer.ErrNotSetUp.Error(), adviseInit)}},
		{name: "the program that is to start at login is gone", facts: facts(saw(), loginErr(&claude.HeldError{PID: 7})), want: []Finding{bad("start at login", (&claude.HeldError{PID: 7}).Error(), adviseLeave)}},
		{name: "the entry for the login cannot be read", facts: facts(saw(), loginErr(errors.New("boom"))), want: []Finding{bad("start at login", "boom", "")}},
		{name: "git is missing", facts: facts(saw(), noGit), want: []Finding{note("git", "not found on the PATH", cureGit)}},
		{name: "Claude Code is missing", facts: facts(saw(), noClaude), want: []Finding{note("Claude Code", "not found on the PATH", cureClaude)}},
		{name: "git and Claude Code are missing", facts: facts(saw(), noGit, noClaude), want: []Finding{note("git", "not found on the PATH", cureGit), note("Claude Code", "not found on the PATH", cureClaude)}},

		// All at once, in this order.
		{name: "much is wrong", facts: facts(saw(repo("myapp", gone), session("a", torn, idle(28*days)), waits("tools", 1, "nas"), lies("x", errors.New("boom"), false)), noMarker, noClaude), want: []Finding{
			bad("sync folder", "its marker "+transport.Marker+" is missing", cureMarker), bad("project", "myapp: its folder /code/myapp is gone", adviseGoneAs), bad("session", "myapp: unreadable", ""),
			note("waiting", "tools: 1 session from nas, no checkout here", adviseCheckout), bad("stray", "x: boom", ""), swept("1 session", 0), note("Claude Code", "not found on the PATH", cureClaude)}},
	} {
		c.run(t)
	}
}

func TestDiagnoseSaysWhatIsFine(t *testing.T) {
	got := Diagnose(facts(saw(repo("myapp", alsoAt("/code/second")), repo("tools", keptHere), repo("moved", gone, alsoAt("/code/there")))))
	got = slices.DeleteFunc(got, func(f Finding) bool { return f.Severity != Fine })
	want := []Finding{good("configuration", "/conf/config.json"), good("machine", here), good("sync folder", "/sync, writable"),
		good("project", "myapp: /code/myapp"), good("project", "myapp: /code/second"), good("project", "tools: /code/tools"), good("project", "moved: /code/there"),
		good("clock", "2026-03-14 12:00 UTC"), good("Claude Code", "2.1.330")}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestDiagnoseNamesTheMachines(t *testing.T) {
	for _, c := range []struct {
		name string
		seen map[string]time.Time
		want []Finding
	}{
		{"alone", nil, nil},
		{"one other", map[string]time.Time{"laptop": noon().Add(-time.Hour)}, []Finding{good("machines", "laptop (last seen 2026-03-14 11:00)")}},
		{"sorted, and one whose file has no time", map[string]time.Time{"nas": {}, "laptop": noon()}, []Finding{good("machines", "laptop (last seen 2026-03-14 12:00), nas")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := slices.DeleteFunc(Diagnose(facts(saw(), func(f *Facts) { f.Seen = c.seen })), func(f Finding) bool { return f.Topic != "machines" })
			if !slices.Equal(found, c.want) {
				t.Errorf("got %q, want %q", found, c.want)
			}
		})
	}
}

func TestUnplacedTranscriptsAreNamedWithTheirCure(t *testing.T) {
	for _, c := range []struct {
		name   string
		reason syncer.UnplacedError
		want   string
	}{
		{"a new folder", syncer.UnplacedError{Cwd: "/code/new"}, "note a0000000 is in no project: /code/new is not registered yet -> claude-sync push --all registers it and puts its sessions into the sync folder"},
		{"a folder that is gone", syncer.UnplacedError{Cwd: "/old", Gone: true}, "problem a0000000 is in no project: its folder /old is gone, and no registered checkout had it -> claude-sync register <its new folder> --was /old"},
		{"another machine's", syncer.UnplacedError{}, "problem a0000000 is in no project: it names no folder on this machine -> claude --resume <its id> in the folder where it is to continue"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := unplacedFinding(syncer.Unplaced{Path: "/x", Session: "a0000000-0000-4000-8000-00000000000a", Reason: &c.reason})
			if got := fmt.Sprintf("%v %s -> %s", f.Severity, f.Text, f.Cure); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
