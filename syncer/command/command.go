// Package command lists what a person may ask of claude-sync: with an entry of the menu, a button of a
// notification, or a message on a socket.
//
// The strings of the verbs are part of the format of such messages: they never change.
//
// What it does not promise: that a Command can still be carried out. The engine checks each one again, on
// what it finds on disk.
package command

import (
	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/project"
)

// Verb says what is asked for. A Verb that is not listed here asks for nothing.
type Verb string

// The verbs that change sessions, projects or the set-up. The engine carries them out, one at a time.
const (
	Pull       Verb = "pull"        // of Project, or of all when empty; with Session only that one
	Push       Verb = "push"        // of Project, or of all when empty; with Session only that one
	TakeTheirs Verb = "take-theirs" // Session continues with Machine's branch; ours becomes a fork
	TakeOurs   Verb = "take-ours"   // Session continues with our branch; theirs become forks
	Located    Verb = "located"     // Project is in the folder Path
	Join       Verb = "join"        // Project is in the folder Path, whose project is the same one from now on
	Forget     Verb = "forget"      // Project; with Path only that checkout of it
	KeepLocal  Verb = "keep-local"  // Project stays on this machine; asked again, it does not
	UseFolder  Verb = "use-folder"  // set up with the sync folder Path
)

// The verbs that ask something of the program that shows the menu. They change no session.
const (
	LookAgain     Verb = "look"          // scan now
	Stop          Verb = "stop"          // stop the work in hand
	Locate        Verb = "locate"        // ask for the folder of Project, then Located; Path is the folder that is gone, if any
	ChooseFolder  Verb = "choose-folder" // ask for a sync folder, then UseFolder
	Resume        Verb = "resume"        // open Session in a terminal, in the folder Path
	OpenFolder    Verb = "open-folder"   // open the folder Path
	Autostart     Verb = "autostart"     // switch start at login on or off
	Notifications Verb = "notifications" // switch notifications on or off
	CheckHealth   Verb = "check-health"  // write the doctor's report and open it
	Quit          Verb = "quit"          // end the program
)

// Changes reports whether the engine carries v out. All other verbs are the menu program's own.
func (v Verb) Changes() bool {
	switch v {
	case Pull, Push, TakeTheirs, TakeOurs, Located, Join, Forget, KeepLocal, UseFolder:
		return true
	}
	return false
}

// Command is one thing that is asked for. The comment at each Verb says which members it reads. The zero
// Command asks for nothing.
type Command struct {
	Verb    Verb
	Project project.Key
	Session ccsync.SessionID
	Machine string
	Path    string
}
