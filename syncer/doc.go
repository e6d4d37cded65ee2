// Package syncer carries Claude Code sessions between machines without ever losing a row.
//
// # The law
//
// A session is a grow-only set of rows. Whatever a pull or a push is given, and wherever it is stopped,
//
//	rows(here afterwards)  ⊇  rows(here before) ∪ rows(every pack that was taken)
//
// and the same holds for this machine's own pack. Relate says how two transcripts stand to each other,
// Merge makes their union; both are pure. Deletion never travels.
//
// # The four types
//
// Snapshot is what is: the projects, their sessions, and how each stands to each pack. Step is what a
// pull or push would do about it, Event is what happened, and Hint says what a person can do now. The
// command line, the tray and the notifications are views of these four.
//
// # The way of a push and a pull
//
// Read: Machine.Look lists transcripts and packs and relates them; a cache of what was compared saves it the
// reading of what has not changed, and nothing else relies on that cache. Decide: PlanPull and PlanPush turn
// the snapshot into steps, without touching anything. Write: Machine carries the steps out one by one;
// before it replaces a file it reads and relates once more, and it replaces only what it has just read.
// A step that fails never stops its neighbours.
//
// # For embedders
//
// Open makes a Machine from the user's configuration; a Machine literal with a Transport of one's own
// does as well. A Machine may be used by one goroutine at a time; Lock keeps other processes out.
// Times are wall-clock, sizes are bytes. The package does not print, does not log, and starts nothing
// that outlives a call. It does not promise to notice edits that another program makes in the
// microseconds between its last look at a file and the rename that replaces it.
package syncer
