// Package project says which project a folder belongs to, and which folders of this machine a project
// has. A repository's path differs from machine to machine; its remote URL is the same everywhere.
//
// A Key identifies a project: "git:" and the canonical URL of the remote, or "name:" and the folder's name if
// there is no remote. "//sub/dir" follows if Claude Code ran below the repository's root.
//
// A Registry keeps the folders of each project on this machine. Its file is projects.json:
//
//	{"version":1,"projects":[{"key":"git:…","cwds":["/home/you/myapp"],"localOnly":false,"used":1715380000000}]}
//
// projects is sorted by key, cwds by path; used is when Claude Code last ran there, in milliseconds since
// 1970. Readers ignore unknown members and refuse a version above 1, so that an old program never overwrites
// the file of a newer one.
//
// The package does not promise that two URLs of one repository always have one key: it knows how URLs are
// written, not what servers do with them (a renamed repository is another project). It writes no file and
// asks no server: git and ssh only tell what their configuration says.
package project
