package menu

import (
	"fmt"
	"strings"

	"claude-sync/syncer/command"
	"claude-sync/syncer/words"
)

// tooltip says in words what the icon shows. It has no age, so that it stays the same while nothing happens.
func (b *builder) tooltip() string {
	const name = "claude-sync: "
	state := b.state(tooltipWidth - len(name))
	return words.Short(name+strings.ToLower(state[:1])+state[1:], tooltipWidth)
}

// status is the first line of the menu, followed by Stop while there is work to stop.
func (b *builder) status() []Item {
	tail := b.tail()
	label := words.Short(b.state(labelWidth-len([]rune(tail))), labelWidth-len([]rune(tail))) + tail
	switch {
	case b.Busy != nil && !b.Busy.Stopping:
		return []Item{{Label: label, Disabled: true}, {Label: "Stop", Do: command.Command{Verb: command.Stop}}}
	case b.Busy != nil, !b.SetUp:
		return []Item{{Label: label, Disabled: true}}
	}
	return []Item{{Label: label, Do: command.Command{Verb: command.LookAgain}}}
}

// tail is the end of the status line: what to do, or how old the state is.
func (b *builder) tail() string {
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
	if b.Idle {
		return " · looked at " + b.Snapshot.Time.In(b.Now.Location()).Format("15:04")
	}
	return " · looked " + ago(b.Now.Sub(b.Snapshot.Time))
}

// state is the state of everything in one sentence. It begins with an ASCII letter or digit. It names machines only
// if they fit into width.
func (b *builder) state(width int) string {
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
	// Counts matter more than names: names are left out before counts are cut.
	sentence := strings.Join(b.todo(" from "+and(b.sources)), " · ")
	if len([]rune(sentence)) > width {
		sentence = strings.Join(b.todo(""), " · ")
	}
	if sentence == "" {
		return "Up to date · " + words.Count(len(b.Snapshot.Machines), "machine")
	}
	return sentence
}

// todo lists the counts of things to do, the worst first.
func (b *builder) todo(from string) []string {
	var all []string
	add := func(n int, format string, a ...any) {
		if n > 0 {
			all = append(all, fmt.Sprintf(format, append([]any{n}, a...)...))
		}
	}
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

// words names the work, how far it is, and that it is being stopped.
func (w *Busy) words() string {
	// Other verbs (Forget) are done before a person can read a word for them.
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
	case at.Steps > 1: // the first step has no percentage yet
		return fmt.Sprintf("%s %d of %d", doing, at.Step, at.Steps)
	case at.Steps == 1 && at.Bytes > 0: // one session: bytes say more than steps
		return fmt.Sprintf("%s %s · %s", doing, words.Short(at.Label, projectWidth), size(at.Bytes))
	case at.Steps == 1:
		return fmt.Sprintf("%s %s", doing, words.Short(at.Label, projectWidth))
	}
	return doing + "…"
}

// doing reports whether the work in hand covers c. Then the entry of c is disabled.
func (b *builder) doing(c command.Command) bool {
	return b.Busy != nil && b.Busy.Verb == c.Verb && (b.Busy.Project == "" || b.Busy.Project == c.Project)
}

// verb is an entry that changes something. It is disabled without the sync folder, and during the same work.
func (b *builder) verb(label string, c command.Command) Item {
	return Item{Label: words.Short(label, labelWidth), Do: c, Disabled: b.Unavailable != "" || b.doing(c)}
}
