// Package syncer is the vocabulary of claude-sync and its decisions: what is (Snapshot), what to do about it
// (Step), what happened (Event), and what a person can do now (Hint). It reads no disk and no clock, and starts no
// goroutine.
//
// # The law
//
// A session is a grow-only set of rows. Whatever a pull or a push is given, and wherever it is stopped,
//
//	rows(here afterwards)  ⊇  rows(here before) ∪ rows(every pack that was taken)
//
// and the same holds for this machine's own pack. Deletion never travels, except that a machine
// removes conflicted copies of its own packs, once the pack has every row of the copy. A row is known by its uuid, if it has one,
// and by its bytes if not. So a row that was rewritten here is no news elsewhere: each machine keeps its own bytes of
// it, and a machine's own pack follows the transcript. Only turns of both sides make a conflict, see package
// transcript.
//
// # The way of a pull
//
//	scan    reads: it lists transcripts and packs, relates them, and makes a Snapshot
//	plan    decides: PlanPull turns the Snapshot into Steps; it is pure
//	apply   writes: it carries out the Steps one by one, and makes Events
//
// A pull's scan may leave a comparison to apply, which reads both files anyway: then the session counts as behind, and
// apply finds out whether it is, or has diverged.
//
// A push goes the same way with PlanPush. Before apply replaces a file, it reads and relates once more, and it
// replaces only the file that it has just read. A step that fails never stops its neighbours. The command line, the
// tray and the notifications are views of Snapshot, Step, Event and Hint, so they cannot disagree.
//
// # For embedders
//
//	read and write a session        claude.OpenFile, claude.Store.Replace
//	list sessions                   claude.Store.Transcripts, engine.Machine.Look
//	read and write a pack           ccsync.Open, ccsync.Write, packs.OpenFile, packs.WriteFile
//	the key of a folder's project   project.Locate, project.Registry
//	push and pull                   engine.Machine.Push, engine.Machine.Pull
//	a transport of one's own        transport.Transport, transporttest.Run, engine.New
//
// Times are wall-clock, sizes are bytes. No package of the library prints, logs, or leaves anything running after a
// call. The library does not promise to notice edits that another program makes in the microseconds between its
// last look at a file and the rename that replaces it.
package syncer
