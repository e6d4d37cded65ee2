package syncer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/internal/oserr"
	ownpack "claude-sync/syncer/packs"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
)

// The advice, each sentence once.
const (
	adviseInit       = "claude-sync init <folder that your machines share> sets it up"
	adviseGit        = "install git, then run the command again: without it, a checkout cannot be told from a folder of the same name"
	adviseFetch      = "claude-sync pull fetches it; choose \"Always keep on this device\" for the sync folder to have all at once"
	adviseWait       = "wait until your sync tool has finished, then run claude-sync pull again"
	adviseAgain      = "run the command again"
	adviseRoom       = "make room on that disk, then run the command again"
	adviseUnlock     = "unlock the drive, or check it for errors if it became read-only by itself; claude-sync pull needs only to read it"
	advisePlugIn     = "the drive may be unplugged or failing: connect it again, then run the command again"
	adviseExFAT      = "FAT32 takes no file over 4 GiB: format the drive as exFAT"
	adviseMount      = "mount that folder with a cache for writing: rclone mount --vfs-cache-mode writes"
	adviseWritable   = "make that folder or file readable and writable for you, then run the command again"
	adviseConnect    = "connect the drive or start your sync tool, then run the command again; claude-sync init <folder> if the folder moved"
	adviseNewer      = "update claude-sync on this machine"
	adviseMoreOfID   = "type more of the session's id"
	adviseList       = "claude-sync list --all shows the sessions that there are"
	adviseLeave      = "leave the session in Claude Code first, then run the command again"
	adviseClone      = "clone it, then: claude-sync register <its folder>; or: claude-sync import <file> --cwd <folder>"
	adviseMend       = "mend the file, or move it away and run claude-sync init again"
	adviseFolder     = "claude-sync init <folder> with one that you can write and your sync tool carries"
	adviseMovePack   = "move app/a-desktop.ccsync out of the sync folder, then run claude-sync push again"
	adviseRegister   = "claude-sync register /code/new tries again"
	adviseLeaveFirst = "leave the session in Claude Code, then: claude-sync register /code/new"

	adviseEither    = "claude-sync pull a1000000 --overwrite continues with theirs and keeps yours as a fork; claude-sync push a1000000 --overwrite the other way round"
	adviseResolve   = "claude-sync resolve a1000000 --with <machine> continues with one branch and keeps the others as forks"
	advisePullAgain = "leave the session in Claude Code, then run claude-sync pull again"
	adviseCheckout  = "clone it and run claude-sync register <its folder>, with --as <its name> if it has another remote here; or claude-sync init --roots <folder with your repositories>, then pull again"
	adviseMoved     = "claude-sync register <its new folder>, or claude-sync forget myapp"
	adviseMovedAs   = "claude-sync register <its new folder> --as myapp, or claude-sync forget myapp"
	adviseGone      = "claude-sync register <its new folder>, or claude-sync forget /code/myapp"
	adviseGoneAs    = "claude-sync register <its new folder> --as myapp, or claude-sync forget /code/myapp"
	adviseRename    = "rename it so that its name ends in .ccsync, then run claude-sync pull: it is read like any other pack"
	adviseImport    = "claude-sync import <file> --cwd /code/app adds it to the session that is there"
)

// ownPack says why this machine's own pack cannot be replaced.
func ownPack(why error) error { return &ownpack.OwnError{Name: "app/a-desktop.ccsync", Err: why} }

// left says why sessions of a checkout that is gone were not brought to the new one.
func left(why error) error { return &LeftError{Cwd: "/code/old", To: "/code/new", Err: why} }

func onFile(why error) error { return &fs.PathError{Op: "open", Path: "/sync/x", Err: why} }

func around(err error) error { return fmt.Errorf("pulling myapp: %w", err) }

func TestHintSaysWhatAPersonCanDoAboutAnError(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"no error", nil, ""},
		{"an error that says it all", errors.New("boom"), ""},
		{"Ctrl-C", context.Canceled, ""},
		{"a timeout", context.DeadlineExceeded, ""},
		{"a file that is not there", onFile(fs.ErrNotExist), ""},
		{"a file that ends early", io.ErrUnexpectedEOF, ""},

		// Setting up.
		{"not set up yet", ErrNotSetUp, adviseInit},
		{"not set up yet, wrapped", around(ErrNotSetUp), adviseInit},
		{"configuration is no JSON", &BrokenFileError{Path: "/c.json", Line: 3, Err: errors.New("invalid character")}, adviseMend},
		{"configuration may not be read", &BrokenFileError{Path: "/c.json", Err: onFile(syscall.EACCES)}, adviseMend},
		{"registry is torn, wrapped", around(&BrokenFileError{Path: "/projects.json", Err: io.ErrUnexpectedEOF}), adviseMend},
		{"chosen folder lies inside Claude Code's", &SyncDirError{Dir: "/home/.claude/x", Reason: "it lies inside Claude Code's own folder"}, adviseFolder},
		{"no folder chosen", &SyncDirError{Reason: "none was found"}, adviseFolder},
		{"git is missing", project.ErrNoGit, adviseGit},
		{"git is missing, wrapped", around(project.ErrNoGit), adviseGit},
		{"no checkout of the project", &NoCheckoutError{Key: keyOf("tools")}, adviseClone},

		// The sync folder and its packs.
		{"the stick is not in", &transport.UnavailableError{Place: "/sync", Reason: "not there"}, adviseConnect},
		{"the stick is not in, wrapped twice", around(around(&transport.UnavailableError{Place: "/sync"})), adviseConnect},
		{"pack of a newer claude-sync", &ccsync.VersionError{Version: "2"}, adviseNewer},
		{"pack that still arrives", ccsync.ErrTruncated, adviseWait},
		{"pack that is only in the cloud", transport.ErrNotDownloaded, adviseFetch},
		{"pack that is only in the cloud, wrapped", around(transport.ErrNotDownloaded), adviseFetch},
		{"file that is not a pack", &ccsync.FormatError{Reason: "no header"}, ""},
		{"conflict copy with its mark at the end", transport.ErrConflictCopy, adviseRename},
		{"pack of another project, in the sync folder", &MisplacedError{Cwd: "/code/app", Stray: true}, adviseImport + "; then move the file out of the sync folder"},
		{"pack of another project, by hand", &MisplacedError{Cwd: "/code/app"}, adviseImport},
		{"pack of another project, its folder has a space", &MisplacedError{Cwd: "/code/my app"}, strings.ReplaceAll(adviseImport, "/code/app", quotedArgument("/code/my app"))},
		{"pack of another project, whose folder is unknown", &MisplacedError{}, strings.ReplaceAll(adviseImport, "/code/app", "<its folder>")},
		{"own pack is not a pack", ownPack(&ccsync.FormatError{Reason: "no header"}), adviseMovePack},
		{"own pack is torn", ownPack(ccsync.ErrTruncated), adviseMovePack},
		{"own pack is torn, wrapped", around(ownPack(around(ccsync.ErrTruncated))), adviseMovePack},
		{"own pack was made by a newer claude-sync", ownPack(&ccsync.VersionError{Version: "2"}), adviseNewer},
		{"own pack is only in the cloud", ownPack(transport.ErrNotDownloaded), adviseFetch},
		{"own pack changed meanwhile", ownPack(oserr.ErrChanged), adviseAgain},
		{"own pack may not be read", ownPack(onFile(syscall.EACCES)), adviseWritable},
		{"own pack, a reason that may pass", ownPack(errors.New("too many files")), ""},

		// Sessions.
		{"no session begins so", &NoSessionError{Prefix: "b"}, adviseList},
		{"no session at all", &NoSessionError{}, adviseList},
		{"several begin so", &AmbiguousError{Prefix: "a"}, adviseMoreOfID},
		{"open in Claude Code", &claude.HeldError{PID: 7}, adviseLeave},
		{"being written by Claude Code, wrapped", around(&claude.HeldError{}), adviseLeave},
		{"transcript changed meanwhile", &claude.ReadError{Path: "/a.jsonl", Err: oserr.ErrChanged}, adviseAgain},
		{"machine without a branch", &NoBranchError{Machine: "nas", Have: []string{"laptop"}}, ""},
		{"sessions stayed in the old checkout", left(errors.New("boom")), adviseRegister},
		{"sessions stayed, the disk is full", left(syscall.ENOSPC), adviseRegister},
		{"sessions stayed, one is open", left(&claude.HeldError{PID: 7}), adviseLeaveFirst},
		{"sessions stayed, one of two is open", left(errors.Join(errors.New("boom"), around(&claude.HeldError{PID: 7}))), adviseLeaveFirst},

		// The system.
		{"the disk is full", onFile(syscall.ENOSPC), adviseRoom},
		{"the disk is full, wrapped", around(onFile(syscall.ENOSPC)), adviseRoom},
		{"a read-only disk", onFile(syscall.EROFS), adviseUnlock},
		{"a drive that fails", around(onFile(syscall.EIO)), advisePlugIn},
		{"a pack on a drive that fails", &ccsync.ReadError{Err: syscall.EIO}, advisePlugIn},
		{"a drive that was pulled out", onFile(syscall.ENODEV), advisePlugIn},
		{"a file too long for FAT", onFile(syscall.EFBIG), adviseExFAT},
		{"a mount that cannot seek", onFile(syscall.ESPIPE), adviseMount},
		{"chosen folder is on a mount that cannot seek", &SyncDirError{Dir: "/m", Reason: "illegal seek", Err: around(syscall.ESPIPE)}, adviseMount},
		{"chosen folder belongs to another user", &SyncDirError{Dir: "/m", Reason: "not allowed", Err: onFile(syscall.EACCES)}, adviseFolder},
		{"a file of another user", onFile(syscall.EACCES), adviseWritable},
		{"a file that may not be changed", onFile(syscall.EPERM), adviseWritable},
		{"a folder without permission", os.ErrPermission, adviseWritable},
		{"two errors, one with advice", errors.Join(errors.New("boom"), onFile(syscall.ENOSPC)), adviseRoom},
		{"two errors, the cause comes before its effect", errors.Join(onFile(syscall.EACCES), &transport.UnavailableError{Place: "/sync"}), adviseConnect},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Hint(c.err); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestTheQuestionNamesBothProjectsInPlainWords(t *testing.T) {
	const last = "\n\nAre the two the same project? If so, they are one from now on, on all your machines."
	remote, other := project.Key("git:https://github.com/acme/app.git"), project.Key("git:https://gitlab.com/acme/app.git")
	for _, c := range []struct {
		name       string
		cwd        string
		is, wanted project.Key
		want       string
	}{
		{"two remotes", "/code/app", remote, other, "/code/app is github.com/acme/app.\nThe sessions belong to gitlab.com/acme/app."},
		{"a subdirectory", "/code/app/web", remote + "//web", other + "//web", "/code/app/web is github.com/acme/app//web.\nThe sessions belong to gitlab.com/acme/app//web."},
		{"a folder without a remote", "/code/app", "name:app", other, "/code/app has no remote, and is known by its name, app.\nThe sessions belong to gitlab.com/acme/app."},
		{"the sessions of one", "/code/app", remote, "name:site", "/code/app is github.com/acme/app.\nThe sessions belong to a folder without a remote, site."},
		{"a hostile path", "/code/a\nb\u202ec", remote, other, "/code/a\ufffdb\ufffdc is github.com/acme/app.\nThe sessions belong to gitlab.com/acme/app."},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := (&OtherProjectError{Cwd: c.cwd, Is: c.is, Wanted: c.wanted}).Question(); got != c.want+last {
				t.Errorf("got\n%s\nwant\n%s", got, c.want+last)
			}
		})
	}
}

// happened is an event of one session of myapp, which has no remote.
func happened(k Kind, from ...string) Event {
	p := oneProject("myapp")
	return Event{Kind: k, Project: p.Key, Label: p.Label, Session: oneSession("a1000000-0000-4000-8000-000000000001").ID, From: from}
}

// because is an event with an error.
func because(k Kind, err error) Event {
	e := happened(k)
	e.Err = err
	return e
}

func TestHintOfAnEventSaysWhatAPersonCanDo(t *testing.T) {
	withRemote := oneProject("myapp", cloned)
	for _, c := range []struct {
		name  string
		event Event
		want  string
	}{
		{"a session came", happened(Installed, "laptop"), ""},
		{"a session was updated", happened(Updated, "laptop"), ""},
		{"a conflict was resolved", happened(Resolved, "laptop"), ""},
		{"a branch was kept as a fork", happened(Forked, "laptop"), ""},
		{"a pack was written", happened(Pushed), ""},
		{"a checkout was registered", happened(Registered), ""},
		{"two machines went on", happened(Conflicted, "laptop"), adviseEither},
		{"three machines went on", happened(Conflicted, "laptop", "nas"), adviseResolve},
		{"two machines went on, it is not said which", happened(Conflicted), adviseEither},
		{"open in Claude Code", happened(Held, "laptop"), advisePullAgain},
		{"no checkout here", happened(WaitingFor, "laptop"), adviseCheckout},
		{"its folder is gone, a folder without remote", happened(StaleCwd), adviseMovedAs},
		{"its folder is gone, a clone", Event{Kind: StaleCwd, Project: withRemote.Key, Label: withRemote.Label}, adviseMoved},
		{"one folder of a clone is gone", Event{Kind: StaleCwd, Project: withRemote.Key, Label: withRemote.Label, Path: "/code/myapp"}, adviseGone},
		{"stray that still arrives", because(Strayed, ccsync.ErrTruncated), adviseWait},
		{"stray of a newer claude-sync", because(Strayed, &ccsync.VersionError{Version: "2"}), adviseNewer},
		{"stray that is not a pack", because(Strayed, &ccsync.FormatError{Reason: "no header"}), ""},
		{"failed, the disk is full", because(Failed, onFile(syscall.ENOSPC)), adviseRoom},
		{"failed, own pack is torn", because(Failed, ownPack(ccsync.ErrTruncated)), adviseMovePack},
		{"failed, transcript changed meanwhile", because(Failed, &claude.ReadError{Path: "/a.jsonl", Err: oserr.ErrChanged}), adviseAgain},
		{"failed, sessions stayed in the old checkout", because(Failed, left(&claude.HeldError{PID: 7})), adviseLeaveFirst},
		{"failed for a reason that says it all", because(Failed, errors.New("boom")), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.event.Hint(); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestExitCodeSaysWhetherAPersonHasToAct(t *testing.T) {
	for _, c := range []struct {
		name  string
		kinds []Kind // of events of a session, without an error
		want  int
	}{
		{"nothing to do", nil, 0},
		{"all that changes something", []Kind{Installed, Updated, Resolved, Forked, Pushed, Registered}, 0},
		{"open in Claude Code", []Kind{Held}, 3},
		{"no checkout here", []Kind{WaitingFor}, 3},
		{"its folder is gone", []Kind{StaleCwd}, 3},
		{"a conflict", []Kind{Conflicted}, 3},
		{"a conflict among what was done", []Kind{Installed, Conflicted, Pushed}, 3},
		{"a failure", []Kind{Failed}, 1},
		{"a failure after what was done", []Kind{Installed, Failed}, 1},
		{"a conflict, then a failure", []Kind{Conflicted, Failed}, 1},
		{"a failure, then a conflict", []Kind{Failed, Conflicted}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var events []Event
			for _, k := range c.kinds {
				events = append(events, happened(k, "laptop"))
			}
			if got := ExitCode(events); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestExitCodeOfAStraySaysWhetherThereIsACure(t *testing.T) {
	for _, c := range []struct {
		name string
		why  error
		want int
	}{
		{"still arriving", ccsync.ErrTruncated, 3},
		{"only in the cloud", transport.ErrNotDownloaded, 3},
		{"made by a newer claude-sync", &ccsync.VersionError{Version: "2"}, 3},
		{"of another project", &MisplacedError{Stray: true}, 3},
		{"conflict copy with its mark at the end", transport.ErrConflictCopy, 3},
		{"not readable for this user", onFile(fs.ErrPermission), 3},
		{"not a pack: some other file", &ccsync.FormatError{Reason: "no header"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			done := happened(Installed, "laptop")
			if got := ExitCode([]Event{done, because(Strayed, c.why), done}); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
			if got := ExitCode([]Event{because(Strayed, c.why), because(Failed, errors.New("boom"))}); got != 1 {
				t.Errorf("beside a failure: got %d, want 1", got)
			}
		})
	}
}

func TestAMisplacedPackIsCalledAnotherProjects(t *testing.T) {
	err := &MisplacedError{For: "git:https://github.com/you/other.git", Owner: keyOf("myapp")}
	const want = "it belongs to another project (git:https://github.com/you/other.git); here its session is in name:myapp"
	if err.Error() != want {
		t.Errorf("got  %q\nwant %q", err, want)
	}
}

// quotedArgument is how a path with a space is typed on this system.
func quotedArgument(path string) string {
	if runtime.GOOS == "windows" {
		return `"` + path + `"`
	}
	return "'" + path + "'"
}

// A hint is shown in one line behind "hint: ".
func TestHintsAreOneSentenceInOneLine(t *testing.T) {
	for _, err := range []error{ErrNotSetUp, &MisplacedError{Stray: true}, transport.ErrConflictCopy, project.ErrNoGit, ccsync.ErrTruncated, oserr.ErrChanged, syscall.ENOSPC, syscall.EROFS,
		&claude.HeldError{}, &NoSessionError{}, &AmbiguousError{}, &NoCheckoutError{}, &OtherProjectError{}, &UnplacedError{}, &BrokenFileError{}, &SyncDirError{},
		&transport.UnavailableError{}, &ccsync.VersionError{}, ownPack(ccsync.ErrTruncated), left(oserr.ErrChanged), left(&claude.HeldError{})} {
		if h := Hint(err); h == "" || strings.ContainsAny(h, "\n") || strings.HasSuffix(h, ".") {
			t.Errorf("%v: got %q", err, h)
		}
	}
}
