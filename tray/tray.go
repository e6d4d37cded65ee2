// Package tray is the desktop's face of claude-sync: one icon, one menu, one loop.
//
// # Who does what
//
// The loop (loop.go) is one goroutine that owns the View; no other goroutine reads or writes it. Clicks, results of
// workers, and changes that the watcher sees come through channels. One worker at a time carries out commands that
// change something, with a context that Stop cancels. Looks have workers of their own; many wishes make one look, and no
// look runs beside such work. After each message the loop gives the View to menu.Build and the picture to the Host, at
// most once in 150 ms. The desktop, the library and the disk are behind the interfaces of ports.go, so the tests of the
// loop need none of them.
//
// The package shows no notifications itself: it sends News to Options.News, and takes a person's answers from
// Options.Asked.
//
// # What it does not promise
//
// That a person sees the icon: GNOME shows none without its AppIndicator extension, and no system tells a program whether
// a panel hides it. That it notices every change at once: some folders send no changes, and are looked at every one to
// five minutes. It pushes and pulls nothing unasked, except a pull that was asked for while Claude Code had the session
// open.
package tray

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/command"
	"claude-sync/syncer/engine"
	"claude-sync/tray/desk"
	"claude-sync/tray/panel"
	"claude-sync/tray/session"
)

// Options is the input of Run. Paths is required; the rest may be zero.
type Options struct {
	Paths   engine.Paths
	Version string

	// AtLogin says that the desktop started the program. Then it does not warn: the panel may come minutes
	// later, and no person waits for it.
	AtLogin bool
	// Warn is called once if something is wrong with the desktop: ErrNoTray.
	Warn func(error)
	// News is called with one News after another, in order, by a goroutine of its own. It may take its time.
	News func(News)
	// Asked brings commands from elsewhere, for example from a notification's button. It may be nil.
	Asked <-chan command.Command

	Autostart     Toggle
	Notifications Toggle
	// Desktop opens things. Nil members get this system's way.
	Desktop desk.Desktop
}

// ErrRunning says that another tray of this user runs. That tray was asked to show its state.
var ErrRunning = errors.New("already running")

// ErrNoTray says that no panel of this desktop shows tray icons, at least not yet.
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
	return syncer.Hint(err)
}

// panelTimeout is how long a panel may take to appear before a person who started the program by hand is warned.
const panelTimeout = 2 * time.Second

// Run shows the tray until ctx is done, a person quits it, or the desktop session ends. Call it in the main
// goroutine, once a process, and before any other goroutine uses the tray library. Work in hand is ended first:
// each of its steps is done whole or not at all.
//
// Errors: ErrRunning, session.ErrNoBus, panel.ErrBuiltWithout; that of engine.Paths.Check; that the lock or a file of
// state cannot be written.
func Run(ctx context.Context, o Options) error {
	if err := o.Paths.Check(); err != nil {
		return err
	}
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

// warnWithoutTray warns a person who waits for an icon that no panel here shows one.
func warnWithoutTray(ctx context.Context, s session.Session, warn func(error)) {
	select {
	case <-ctx.Done():
	case <-time.After(panelTimeout):
		if !s.HasTray() {
			warn(ErrNoTray)
		}
	}
}
