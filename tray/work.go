package tray

import (
	"context"
	"errors"
	"slices"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/tray/desk"
	"claude-sync/tray/menu"
	"claude-sync/tray/panel"
)

// click takes a person's Command. None is lost: it begins now or waits for its turn.
func (l *loop) click(c command.Command) {
	if l.ending {
		return
	}
	l.active()
	switch c.Verb {
	case "":
	case panel.Missed:
		l.tell(News{Asked: c, Say: "The menu changed just before your click, so nothing was done. Please look at it again."})
	case command.Quit:
		l.end()
	case command.Stop:
		l.stopWork()
	case command.LookAgain:
		l.want()
	case command.Locate:
		l.choose(c, "The folder of "+c.Project.Name(), "", command.Located)
	case command.ChooseFolder:
		l.choose(c, "The folder that your machines share", l.view.SyncDir, command.UseFolder)
	case command.Resume:
		l.inBackground(c, func(ctx context.Context) (string, error) { return l.resume(ctx, c) })
	case command.OpenFolder:
		l.inBackground(c, func(ctx context.Context) (string, error) { return "", l.desktop.OpenPath(ctx, c.Path) })
	case command.CheckHealth:
		l.inBackground(c, l.checkHealth)
	case command.Autostart:
		l.flip(c, l.autostart, &l.view.Autostart)
	case command.Notifications:
		l.flip(c, l.notifications, &l.view.Notifications)
	default:
		l.enqueue(c)
	}
}

// enqueue makes a Command wait for its turn, once: a second click on work that is under way means the same.
func (l *loop) enqueue(c command.Command) {
	underWay := l.work != nil && l.work.command == c && !l.view.Busy.Stopping
	if !underWay && !slices.Contains(l.waiting, c) {
		l.waiting = append(l.waiting, c)
	}
}

// stopWork stops the work in hand and drops the commands that wait behind it.
func (l *loop) stopWork() {
	l.waiting = nil
	if l.work == nil {
		return
	}
	l.work.cancel()
	l.view.Busy.Stopping = true
}

// nextWork begins the first Command that waits.
func (l *loop) nextWork() {
	if l.work != nil || len(l.waiting) == 0 {
		return
	}
	c := l.waiting[0]
	l.waiting = l.waiting[1:]
	if l.stop != nil {
		l.stop() // the look's result would be old, and the end of this work wants another look
	}
	ctx, cancel := context.WithCancel(l.ctx)
	l.work = &work{command: c, cancel: cancel}
	l.view.Busy = &menu.Busy{Verb: c.Verb, Project: c.Project}
	l.failed = nil
	l.spawn(func() func() {
		events, err := l.engine.Do(ctx, c, l.report)
		stopped := ctx.Err() != nil
		cancel()
		return func() { l.finished(c, events, err, stopped) }
	})
}

// report hands progress to the loop. The worker calls it thousands of times; the loop gets only the newest.
func (l *loop) report(p syncer.Progress) {
	for {
		select {
		case l.progress <- p:
			return
		default:
		}
		select {
		case <-l.progress:
		default:
		}
	}
}

func (l *loop) progressed(p syncer.Progress) {
	if l.view.Busy != nil {
		l.view.Busy.Progress = p
	}
}

// finished takes over the results of a Command.
func (l *loop) finished(c command.Command, events []syncer.Event, err error, stopped bool) {
	l.work, l.view.Busy = nil, nil
	select {
	case <-l.progress: // of the work that has ended
	default:
	}
	var other *syncer.OtherProjectError
	if errors.As(err, &other) {
		l.offerJoin(other)
		l.want()
		return
	}
	if err == nil && c.Verb == command.Join && !stopped { // the person was told so
		l.enqueue(command.Command{Verb: command.Pull, Project: c.Project})
	}
	if err != nil {
		events = append(events, syncer.Event{Kind: syncer.Failed, Project: c.Project, Session: c.Session, Err: err})
	}
	events = slices.DeleteFunc(events, func(e syncer.Event) bool {
		return stopped && e.Kind == syncer.Failed && errors.Is(e.Err, context.Canceled)
	})
	for _, e := range events {
		switch {
		case e.Kind == syncer.Held && c.Verb == command.Pull: // the menu says so at the project
			l.held[command.Command{Verb: command.Pull, Project: e.Project, Session: e.Session}] = false
		case e.Kind == syncer.Failed, e.Kind == syncer.Held:
			l.failed = append(l.failed, e)
		}
	}
	l.tell(News{Asked: c, Events: events})
	l.want()
}

// inBackground carries out a Command that changes no session, at the same time as the work in hand. It does so
// once at a time for each Command. The function do may return a sentence to say.
func (l *loop) inBackground(c command.Command, do func(context.Context) (string, error)) {
	if l.background[c] {
		return
	}
	l.background[c] = true
	l.failed = nil
	l.spawn(func() func() {
		say, err := do(l.ctx)
		return func() {
			delete(l.background, c)
			l.backgroundDone(c, say, err)
		}
	})
}

func (l *loop) backgroundDone(c command.Command, say string, err error) {
	switch {
	case err != nil && !errors.Is(err, context.Canceled):
		e := syncer.Event{Kind: syncer.Failed, Project: c.Project, Session: c.Session, Path: c.Path, Err: err}
		l.failed = []syncer.Event{e}
		l.tell(News{Asked: c, Events: l.failed})
	case say != "":
		l.tell(News{Asked: c, Say: say})
	}
}

// choose asks for a folder, and enqueues the verb then with the answer.
func (l *loop) choose(c command.Command, title, start string, then command.Verb) {
	l.inBackground(c, func(ctx context.Context) (string, error) {
		path, err := l.desktop.ChooseFolder(ctx, title, start)
		if errors.Is(err, desk.ErrNotChosen) {
			return "", nil
		}
		if err == nil {
			l.post(func() { l.enqueue(command.Command{Verb: then, Project: c.Project, Path: path}) })
		}
		return "", err
	})
}

// offerJoin asks whether the project of a chosen folder and the one that it was chosen for are the same, and enqueues
// that. On a desktop without a dialog for it, the note and the menu ask, with the error that they show.
func (l *loop) offerJoin(other *syncer.OtherProjectError) {
	join := command.Command{Verb: command.Join, Project: other.Wanted, Path: other.Cwd}
	l.inBackground(join, func(ctx context.Context) (string, error) {
		err := l.desktop.Confirm(ctx, other.Question(), "Join and pull")
		switch {
		case errors.Is(err, desk.ErrNotChosen):
			return "", nil
		case err != nil && ctx.Err() == nil:
			return "", other
		case err == nil:
			l.post(func() { l.enqueue(join) })
		}
		return "", err
	})
}

// flip switches a setting and shows its new state.
func (l *loop) flip(c command.Command, t Toggle, shown *bool) {
	l.inBackground(c, func(context.Context) (string, error) {
		err := t.flip()
		on := t.on()
		l.post(func() { *shown = on })
		return "", err
	})
}

// resume opens a session in a terminal. If there is no terminal, it copies the command to the clipboard.
func (l *loop) resume(ctx context.Context, c command.Command) (string, error) {
	argv := []string{"claude", "--resume", string(c.Session)}
	err := l.desktop.OpenTerminal(ctx, c.Path, argv)
	if !errors.Is(err, desk.ErrNoTerminal) {
		return "", err
	}
	text := desk.ShellCommand(c.Path, argv)
	if err := l.desktop.Copy(ctx, text); err != nil {
		return "", errors.Join(desk.ErrNoTerminal, err)
	}
	return "No terminal was found. The command is in the clipboard: " + text, nil
}

// checkHealth opens the doctor's report.
func (l *loop) checkHealth(ctx context.Context) (string, error) {
	path, err := l.engine.Health(ctx)
	if err != nil {
		return "", err
	}
	return "", l.desktop.OpenPath(ctx, path)
}
