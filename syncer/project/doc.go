// Package project says which project a folder belongs to, and which folders of this machine a project
// has. The same repository has another path on every machine; its remote URL is the same everywhere.
//
// A Key is that identity: "git:" and the canonical URL of the remote, with "//sub/dir" when Claude Code
// ran below the repository's root, or "name:" and the folder's name where there is no remote.
//
// Which folders a project has on this machine is kept in a Registry, whose file is projects.json:
//
//	{"version":1,"projects":[{"key":"git:…","cwds":["/home/you/myapp"],"localOnly":false,"used":1715380000000}]}
//
// projects is sorted by key, cwds by path; used is when Claude Code was last seen there, in milliseconds
// since 1970. Unknown members are ignored; a version above 1 is refused, so that an old program never
// writes over what a newer one knows.
//
// The package does not promise that two URLs of one repository always have one key: it knows how URLs are
// written, not what servers do behind them (a renamed repository is another project). It writes no file,
// and asks no server: git and ssh are only asked what their configuration says.
package project
