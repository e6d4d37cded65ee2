// Package tray is the desktop's face of claude-sync: one icon, one menu, one loop.
//
// # Who does what
//
// The loop (loop.go) is one goroutine that owns the View; nobody else reads or writes it. Clicks, results of
// workers, and what the watcher sees come to it through channels. What changes something is done by one
// worker at a time, with a context that Stop cancels; looks are apart, coalesced, and never beside such
// work. After each message the loop gives menu.Build the View and the Host the picture, at most once in
// 150 ms. What is beyond a border (the desktop, the library, the disk's messages) is behind Host, Engine,
// Desktop and Watcher, so that the loop is tested in a bubble without any of them.
//
// The package notifies nobody itself: what is worth it goes to Options.News, and what a person answers
// there comes back through Options.Asked.
//
// # What it does not promise
//
// That an icon is seen: GNOME shows none without its AppIndicator extension, and no system tells a program
// whether a panel hides it. That every change is noticed at once: some folders tell nothing, and are looked
// at every one to five minutes. And never more than telling: nothing is pushed or pulled unasked, but for
// a pull that was asked for while Claude Code had the session open.
package tray

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/tray/desk"
	"claude-sync/tray/panel"
	"claude-sync/tray/session"
)

// Options is what the tray gets from the program around it. Paths is required; the rest may be zero.
type Options struct {
	Paths   syncer.Paths
	Version string

	// AtLogin says that the desktop started the program, which makes it quiet: the panel may come minutes
	// later, and nobody sits there to read.
	AtLogin bool
	// Warn is told, once each, what is wrong with the desktop: ErrNoTray.
	Warn func(error)
	// News is told what happened, one by one and in order, by a goroutine of its own: it may take its time.
	News func(News)
	// Asked brings what a person answered elsewhere, say on a notification's button. It may be nil.
	Asked <-chan command.Command

	Autostart     Toggle
	Notifications Toggle
	// Desktop opens things; members that are nil do it as this system does.
	Desktop desk.Desktop
}

// ErrRunning says that another tray of this user runs. It was asked to show its state.
var ErrRunning = errors.New("already running")

// ErrNoTray says that nothing on this desktop shows tray icons, at least not yet.
var ErrNoTray = errors.New("no panel of this desktop shows tray icons")

// Hint says in one sentence what a person can do about an error of Run or Options.Warn, "" if nothing.
func Hint(err error) string {
	switch {
	case errors.Is(err, ErrNoTray):
		return "on GNOME, install and enable the extension AppIndicator and KStatusNotifierItem Support; claude-sync keeps waiting"
	case errors.Is(err, session.ErrNoBus):
		return "start claude-sync inside a desktop session; without one, use its commands (claude-sync --help)"
	case errors.Is(err, panel.ErrBuiltWithout):
		return "build claude-sync with CGO_ENABLED=1, or use its commands (claude-sync --help)"
	}
	return ""
}

// panelTimeout is how long a panel may take to appear before a person who started the program by hand is warned.
const panelTimeout = 2 * time.Second

// Run shows the tray until ctx is done, a person quits it, or the desktop session ends. Call it in the main
// goroutine, once a process, and before any other goroutine uses the tray library. Work in hand is ended first:
// each of its steps is done whole or not at all.
//
// Errors: ErrRunning, session.ErrNoBus, panel.ErrBuiltWithout; that the lock or a file of state cannot be written.
func Run(ctx context.Context, o Options) error {
	dir := filepath.Dir(o.Paths.Lock)
	one, err := claim(ctx, filepath.Join(dir, "tray"))
	if err != nil {
		return err
	}
	defer one.release()
	desktop, err := session.Open()
	if err != nil {
		return err
	}
	defer desktop.Close()
	icon, err := panel.New()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if o.Warn != nil && !o.AtLogin {
		go warnWithoutTray(ctx, desktop, o.Warn)
	}
	go desktop.KeepIcon(ctx)
	l := newLoop(o, icon, newEngine(o.Paths), newWatcher())
	l.show = one.shows
	l.begin(o.Paths)
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.run(endsWith(ctx, desktop))
		icon.Quit()
	}()
	// The library's loop needs the main thread on macOS and Windows. It returns after Quit, or when the
	// desktop ends the program; then the work in hand ends now.
	icon.Run(func() { cancel(); <-l.over })
	cancel()
	<-done
	return nil
}

// endsWith returns a context that also ends with the desktop session.
func endsWith(ctx context.Context, s session.Session) context.Context {
	both, cancel := context.WithCancel(ctx)
	context.AfterFunc(s.Ended(), cancel)
	return both
}

// warnWithoutTray tells a person who waits for an icon that nothing here would show it.
func warnWithoutTray(ctx context.Context, s session.Session, warn func(error)) {
	select {
	case <-ctx.Done():
	case <-time.After(panelTimeout):
		if !s.HasTray() {
			warn(ErrNoTray)
		}
	}
}
