package menu

import (
	"fmt"
	"strings"

	"claude-sync/syncer/command"
	"claude-sync/syncer/words"
)

// tooltip says what the icon shows, without an age, so that it stays the same while nothing happens.
func (b *board) tooltip() string {
	const name = "claude-sync: "
	state := b.state(tooltipWidth - len(name))
	return words.Short(name+strings.ToLower(state[:1])+state[1:], tooltipWidth)
}

// status is the first line of the menu, and Stop while there is something to be stopped.
func (b *board) status() []Item {
	tail := b.tail()
	label := words.Short(b.state(labelWidth-len([]rune(tail))), labelWidth-len([]rune(tail))) + tail
	switch {
	case b.Busy != nil && !b.Busy.Stopping: // stopping takes a moment, and is asked for once
		return []Item{{Label: label, Disabled: true}, {Label: "Stop", Do: command.Command{Verb: command.Stop}}}
	case b.Busy != nil, !b.SetUp:
		return []Item{{Label: label, Disabled: true}}
	}
	return []Item{{Label: label, Do: command.Command{Verb: command.LookAgain}}}
}

// tail is what the status line adds to the state: what to do, or how old it is.
func (b *board) tail() string {
	switch {
	case b.Busy != nil:
		return ""
	case !b.SetUp:
		return ": choose the folder that your machines share"
	case b.Unavailable != "":
		return " (drive not connected?) · nothing was changed"
	case b.Snapshot == nil:
		return ""
	}
	if b.Still {
		return " · looked at " + b.Snapshot.Time.In(b.Now.Location()).Format("15:04")
	}
	return " · looked " + ago(b.Now.Sub(b.Snapshot.Time))
}

// state is the whole situation in one sentence. It begins with a letter or a digit of ASCII. Machines are
// named if width has room for it.
func (b *board) state(width int) string {
	switch {
	case b.Busy != nil:
		return b.Busy.words()
	case !b.SetUp:
		return "Not set up yet"
	case b.Unavailable != "":
		return "Sync folder not available"
	case b.Snapshot == nil:
		return "Looking for the first time…"
	}
	// The counts are worth more than the names: rather no names than counts that are cut out.
	told := strings.Join(b.todo(" from "+and(b.sources)), " · ")
	if len([]rune(told)) > width {
		told = strings.Join(b.todo(""), " · ")
	}
	if told == "" {
		return "Up to date · " + words.Count(len(b.Snapshot.Machines), "machine")
	}
	return told
}

// todo lists what there is to do, the worst first.
func (b *board) todo(from string) []string {
	var all []string
	add := func(n int, format string, a ...any) {
		if n > 0 {
			all = append(all, fmt.Sprintf(format, append([]any{n}, a...)...))
		}
	}
	// One thing needs, two need: the number stands first in the line.
	needs := "needs"
	if b.grave() > 1 {
		needs = "need"
	}
	add(b.grave(), "%d %s attention", needs)
	add(b.pulls, "%d to pull%s", from)
	add(b.pushes, "%d to push")
	add(b.helds, "%d to pull, but open in Claude Code")
	add(b.arriving, "%d still arriving")
	return all
}

// words says what is being done, how far it is, and that it is about to end.
func (w *Busy) words() string {
	// What has no word of its own (a click on Forget) is over before anybody reads it.
	doing := "Working"
	switch w.Verb {
	case command.Pull:
		doing = "Pulling"
	case command.Push:
		doing = "Pushing"
	case command.TakeTheirs, command.TakeOurs:
		doing = "Resolving"
	}
	if w.Stopping {
		return "Stopping after the session in hand…"
	}
	at := w.Progress
	switch {
	case at.Steps > 1 && at.Step > 1:
		return fmt.Sprintf("%s %d of %d · %d %%", doing, at.Step, at.Steps, (at.Step-1)*100/at.Steps)
	case at.Steps > 1: // "0 %" would only be noise
		return fmt.Sprintf("%s %d of %d", doing, at.Step, at.Steps)
	case at.Steps == 1 && at.Bytes > 0: // of one session, steps say nothing and bytes do
		return fmt.Sprintf("%s %s · %s", doing, words.Short(at.Label, projectWidth), size(at.Bytes))
	case at.Steps == 1:
		return fmt.Sprintf("%s %s", doing, words.Short(at.Label, projectWidth))
	}
	return doing + "…"
}

// doing reports whether the command is what is being done now: asking for it again means nothing.
func (b *board) doing(c command.Command) bool {
	return b.Busy != nil && b.Busy.Verb == c.Verb && (b.Busy.Project == "" || b.Busy.Project == c.Project)
}

// verb is an entry that changes something. Without the sync folder it could not.
func (b *board) verb(label string, c command.Command) Item {
	return Item{Label: words.Short(label, labelWidth), Do: c, Disabled: b.Unavailable != "" || b.doing(c)}
}
