package project

// Checkout is what git said about a folder.
type Checkout struct {
	Cwd    string
	Linked bool   // in a linked work tree (git worktree add) or a second workspace of Jujutsu
	Bare   bool   // holds only a bare repository, with no work tree: no place for sessions that arrive
	Main   string // the top of the main work tree if the folder is in a linked one; "" if there is none
	Stamp  string // changes with the files that git read; see Stamp
}
