package syncer

import (
	"cmp"
	"errors"
	"io/fs"
	"runtime"
	"strings"
	"syscall"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/internal/oserr"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
)

// Hint says what a person can do about err now: one sentence, with the command to run. It returns "" if there is
// nothing better to say than err itself.
//
// An error type of a package that this one does not know may bring its own advice as a method Hint() string.
func Hint(err error) string {
	for _, hint := range []func(error) string{checkoutHint, fileHint, ownHint} {
		if text := hint(err); text != "" {
			return text
		}
	}
	switch {
	case errors.Is(err, ErrNotSetUp):
		return "claude-sync init <folder that your machines share> sets it up"
	case errors.Is(err, project.ErrNoGit):
		return "install git, then run the command again: without it, a checkout cannot be told from a folder of the same name"
	case errors.Is(err, transport.ErrNotDownloaded):
		return "claude-sync pull fetches it; choose \"Always keep on this device\" for the sync folder to have all at once"
	case errors.Is(err, ccsync.ErrTruncated):
		return "wait until your sync tool has finished, then run claude-sync pull again"
	case errors.Is(err, transport.ErrConflictCopy):
		return "rename it so that its name ends in " + transport.Extension + ", then run claude-sync pull: it is read like any other pack"
	case errors.Is(err, oserr.ErrChanged):
		return "run the command again"
	case errors.Is(err, syscall.ENOSPC):
		return "make room on that disk, then run the command again"
	case oserr.HeldOpen(err):
		return "close the program that has the file open, then run the command again"
	case errors.Is(err, fs.ErrPermission):
		return "make that folder or file readable and writable for you, then run the command again"
	}
	return driveHint(err)
}

// driveHint is for what is wrong with a drive as a whole, or with how it is connected.
func driveHint(err error) string {
	switch {
	case oserr.WriteProtected(err):
		return "unlock the drive, or check it for errors if it became read-only by itself; claude-sync pull needs only to read it"
	case oserr.Failing(err):
		return "the drive may be unplugged or failing: connect it again, then run the command again"
	case oserr.TooLong(err):
		return "FAT32 takes no file over 4 GiB: format the drive as exFAT"
	case oserr.NoSeek(err):
		return "mount that folder with a cache for writing: rclone mount --vfs-cache-mode writes"
	}
	return ""
}

// checkoutHint is for errors about sessions and checkouts.
func checkoutHint(err error) string {
	var (
		ambiguous *AmbiguousError
		none      *NoSessionError
		misplaced *MisplacedError
		checkout  *NoCheckoutError
		other     *OtherProjectError
		left      *LeftError
		unplaced  *UnplacedError
	)
	switch {
	case errors.As(err, &left) && ownHint(left.Err) != "":
		return "leave the session in Claude Code, then: claude-sync register " + argument(left.To)
	case errors.As(err, &left):
		return "claude-sync register " + argument(left.To) + " tries again"
	case errors.As(err, &ambiguous):
		return "type more of the session's id"
	case errors.As(err, &none):
		return "claude-sync list --all shows the sessions that there are"
	case errors.As(err, &misplaced):
		return misplaced.hint()
	case errors.As(err, &other):
		return "if they are one project: claude-sync register " + argument(other.Cwd) + " --as " + argument(string(other.Wanted))
	case errors.As(err, &unplaced):
		return unplaced.hint()
	case errors.As(err, &checkout):
		return "clone it, then: claude-sync register <its folder>; or: claude-sync import <file> --cwd <folder>"
	}
	return ""
}

// hint says how the session comes to a project.
func (e *UnplacedError) hint() string {
	switch {
	case e.New():
		return "claude-sync push --all registers it and puts its sessions into the sync folder"
	case e.Cwd != "":
		return "claude-sync register <its new folder> --was " + argument(e.Cwd)
	}
	return "claude --resume <its id> in the folder where it is to continue"
}

// hint says how the pack's rows come to the session that is here.
func (e *MisplacedError) hint() string {
	into := "<its folder>"
	if e.Cwd != "" {
		into = argument(e.Cwd)
	}
	text := "claude-sync import <file> --cwd " + into + " adds it to the session that is there"
	if e.Stray {
		text += "; then move the file out of the sync folder"
	}
	return text
}

// fileHint is for errors about the sync folder and about files.
func fileHint(err error) string {
	var (
		unavailable *transport.UnavailableError
		version     *ccsync.VersionError
		broken      *BrokenFileError
		syncDir     *SyncDirError
	)
	switch {
	case errors.As(err, &unavailable) && unavailable.Silent:
		return "see that its server or drive can be reached, then run the command again; everything is whole"
	case errors.As(err, &unavailable):
		return "connect the drive or start your sync tool, then run the command again; claude-sync init <folder> if the folder moved"
	case errors.As(err, &version):
		return "update claude-sync on this machine"
	case errors.As(err, &broken):
		return "mend the file, or move it away and run claude-sync init again"
	case errors.As(err, &syncDir):
		if hint := driveHint(syncDir.Err); hint != "" {
			return hint
		}
		return "claude-sync init <folder> with one that you can write and your sync tool carries"
	}
	return ""
}

// ownHint is the advice that an error brings along.
func ownHint(err error) string {
	var advised interface{ Hint() string }
	if errors.As(err, &advised) {
		return advised.Hint()
	}
	return ""
}

// Hint says what a person can do about the event now, "" if nothing.
func (e Event) Hint() string {
	id := e.Session.Short()
	switch e.Kind {
	case Conflicted:
		if len(e.From) > 1 {
			return "claude-sync resolve " + id + " --with <machine> continues with one branch and keeps the others as forks"
		}
		return "claude-sync pull " + id + " --overwrite continues with theirs and keeps yours as a fork; claude-sync push " + id + " --overwrite the other way round"
	case Held:
		return "leave the session in Claude Code, then run claude-sync pull again"
	case WaitingFor:
		return "clone it and run claude-sync register <its folder>, with --as <its name> if it has another remote here; or claude-sync init --roots <folder with your repositories>, then pull again"
	case InArchive:
		return "claude-sync pull --archived brings them back"
	case StaleCwd:
		forget := "claude-sync forget " + argument(cmp.Or(e.Path, e.Label))
		if e.Project.ByName() { // the new folder's name would be another project
			return "claude-sync register <its new folder> --as " + argument(e.Label) + ", or " + forget
		}
		return "claude-sync register <its new folder>, or " + forget
	}
	return Hint(e.Err)
}

// argument returns a path or name as a person types it in a shell: in quotes if it needs them.
func argument(s string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@:,"
	switch {
	case runtime.GOOS == "windows" && strings.ContainsAny(s, " &()^;'"):
		return `"` + s + `"`
	case runtime.GOOS == "windows" || s != "" && strings.Trim(s, plain) == "":
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
