// Package project says which project a folder belongs to, and which folders of this machine a project
// has. A repository's path differs from machine to machine; its remote URL is the same everywhere.
//
// A Key identifies a project: "git:" and the canonical URL of the remote, or "name:" and the folder's name if
// there is no remote. "//sub/dir" follows if Claude Code ran below the repository's root.
//
// A Registry keeps the folders of each project on this machine. Its file is projects.json:
//
//	{"version":1,
//	 "projects":[{"key":"git:…","cwds":["/home/you/myapp"],"localOnly":false,"used":1715380000000,
//	              "former":["name:myapp"],
//	              "checkouts":[{"cwd":"/home/you/myapp","linked":true,"main":"/home/you/main","stamp":"…"}]}],
//	 "aliases":{"git:…":"git:…"}}
//
// projects is sorted by key, cwds by path; used is when Claude Code last ran there, in milliseconds since
// 1970. former has the keys that the project had before, and checkouts what git said about its folders (see
// Checkout). aliases are what a person said: the first key names the same repository as the second. Members
// that would be empty are left out, except version, projects, key, cwds, localOnly and used.
//
// Readers ignore unknown members and refuse a version above 1, so that an old program never overwrites
// the file of a newer one. A program from before former, checkouts and aliases drops them when it writes.
//
// The package does not promise that two URLs of one repository always have one key: it knows how URLs are
// written, not what servers do with them. A repository that was renamed there is another project until a checkout here
// has its new URL, or a person says that they are one. It writes no file and asks no server: git and ssh only tell
// what their configuration says.
package project
