package syncer

import (
	"errors"
	"io/fs"
	"syscall"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
	"claude-sync/syncer/transport"
)

// Hint says what a person can do about err now: one sentence, with the command to run. It returns ""
// where there is nothing better to say than err itself.
func Hint(err error) string {
	if h := typeHint(err); h != "" {
		return h
	}
	switch {
	case errors.Is(err, ErrNotSetUp):
		return "claude-sync init <folder that your machines share> sets it up"
	case errors.Is(err, project.ErrNoGit):
		return "install git, then run the command again: without it, a checkout cannot be told from a folder of the same name"
	case errors.Is(err, ccsync.ErrTruncated), errors.Is(err, transport.ErrNotDownloaded):
		return "wait until your sync tool has finished, then run claude-sync pull again"
	case errors.Is(err, errChanged):
		return "run the command again"
	case errors.Is(err, syscall.ENOSPC):
		return "make room on that disk, then run the command again"
	case heldOpen(err):
		return "close the program that has the file open, then run the command again"
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return "make that folder or file writable for you, then run the command again"
	}
	return ""
}

func typeHint(err error) string {
	var (
		unavailable *transport.UnavailableError
		version     *ccsync.VersionError
		ambiguous   *AmbiguousError
		none        *NoSessionError
		held        *HeldError
		checkout    *NoCheckoutError
		broken      *BrokenFileError
		syncDir     *SyncDirError
		own         *OwnPackError
		left        *LeftError
	)
	switch {
	case errors.As(err, &left) && errors.As(err, &held):
		return "leave the session in Claude Code, then: claude-sync register " + left.To
	case errors.As(err, &left):
		return "claude-sync register " + left.To + " tries again"
	case errors.As(err, &unavailable):
		return "connect the drive or start your sync tool, then run the command again; claude-sync init <folder> if the folder moved"
	case errors.As(err, &version):
		return "update claude-sync on this machine"
	case errors.As(err, &ambiguous):
		return "type more of the session's id"
	case errors.As(err, &none):
		return "claude-sync list --all shows the sessions that there are"
	case errors.As(err, &held):
		return "leave the session in Claude Code first, then run the command again"
	case errors.As(err, &checkout):
		return "clone it, then: claude-sync register <its folder>; or: claude-sync import <file> --cwd <folder>"
	case errors.As(err, &broken):
		return "mend the file, or move it away and run claude-sync init again"
	case errors.As(err, &syncDir):
		return "claude-sync init <folder> with one that you can write and your sync tool carries"
	case errors.As(err, &own) && noPack(own.Err): // any other reason may be gone the next time
		return "move " + own.Name + " out of the sync folder, then run claude-sync push again"
	}
	return ""
}

// Hint says what a person can do about the event now, "" when nothing.
func (e Event) Hint() string {
	id := e.Session.Short()
	switch e.Kind {
	case Conflicted:
		if len(e.From) > 1 {
			return "claude-sync resolve " + id + " --with <machine> goes on with one branch and keeps the others as forks"
		}
		return "claude-sync pull " + id + " --overwrite goes on with theirs and keeps yours as a fork; claude-sync push " + id + " --overwrite the other way round"
	case Held:
		return "leave the session in Claude Code, then run claude-sync pull again"
	case WaitingFor:
		return "clone it and run claude-sync register <its folder>; or claude-sync init --roots <folder with your repositories>, then pull again"
	case StaleCwd:
		if e.Project.ByName() { // the new folder's name would be another project
			return "claude-sync register <its new folder> --as " + e.Label + ", or claude-sync forget " + e.Label
		}
		return "claude-sync register <its new folder>, or claude-sync forget " + e.Label
	}
	return Hint(e.Err)
}
