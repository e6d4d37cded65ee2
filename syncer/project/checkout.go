package project

import "claude-sync/syncer/internal/git"

// Checkout is what git said about a folder.
type Checkout struct {
	Cwd    string
	Linked bool   // in a linked work tree (git worktree add) or a second workspace of Jujutsu
	Bare   bool   // holds only a bare repository, with no work tree: no place for sessions that arrive
	Main   string // the top of the main work tree if the folder is in a linked one; "" if there is none
	Stamp  string // changes with the files that git read; see Stamp
}

// Stamp returns a text that changes when what git says about the folder may have changed, because a remote was added
// or a repository was made. It costs a few looks at metadata, and starts no program. It returns "" if the folder is
// not there.
func Stamp(cwd string) string { return git.Stamp(cwd) }
