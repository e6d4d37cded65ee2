// Claude-sync carries Claude Code sessions between machines: a tray application without arguments, a
// command line with them.
package main

import (
	"bytes"
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"syscall"

	"claude-sync/notify"
	"claude-sync/syncer/cli"
	"claude-sync/syncer/command"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/supervise"
	"claude-sync/tray"
	"claude-sync/tray/autostart"
)

// version is set by the release program. Without it cli.BuildVersion asks the build.
var version string

// atLogin is the argument by which the desktop starts the tray.
const atLogin = "--at-login"

func main() {
	paths := engine.DefaultPaths()
	config, _ := paths.Load() // the verb says what is wrong with it
	process, code, over := supervise.Begin(os.Args[1:], config.SyncDir)
	if over {
		os.Exit(code)
	}
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM) // never stopped: a signal must not cut the end off
	ctx = process.Context(ctx)
	paths.Version = cli.BuildVersion(version)
	login := autostart.New("claude-sync", autostart.Root(filepath.Dir(filepath.Dir(paths.Config)), paths.Home))
	if len(os.Args) > 1 && !slices.Equal(os.Args[1:], []string{atLogin}) {
		debug.SetGCPercent(200) // a command is short: collecting garbage less often saves a tenth of a look at 20,000 sessions
		process.Exit(cli.Run(ctx, os.Args[1:], cli.Env{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Paths: paths, Version: paths.Version,
			Autostart: tray.AutostartVerb(login, ourEntry), Leave: process.Leave}))
	}
	console := tray.Console(len(os.Args) > 1)
	complain := func(err error) {
		var text bytes.Buffer
		cli.Report(&text, err, tray.Hint(err))
		_, _ = console.Write(text.Bytes())
	}
	if err := tray.RepairAutostart(login, ourEntry); err != nil {
		complain(err)
	}
	if err := desktop(ctx, paths, tray.AutostartToggle(login, ourEntry), complain); err != nil {
		complain(err)
		process.Leave(1)
	}
	process.Leave(0)
}

// ourEntry is the entry that starts this program at login. It has an error for a program in a temporary folder (go run).
func ourEntry() (autostart.Entry, error) {
	program, err := autostart.Program(os.Args[0], os.Getenv, os.Executable)
	return autostart.Entry{ID: "claude-sync", Name: "claude-sync", Comment: "Claude Code sessions on all your machines", Icon: "claude-sync", Exec: []string{program, atLogin}}, err
}

// desktop runs the tray. It passes the tray's news to the notifications, and their answers to the tray.
func desktop(ctx context.Context, paths engine.Paths, login tray.Toggle, complain func(error)) error {
	asked := make(chan command.Command, 16)
	notes := tray.FileToggle(filepath.Join(filepath.Dir(paths.Notified), "quiet"))
	teller := notify.NewTeller(notify.Options{IconFile: filepath.Join(filepath.Dir(paths.Notified), "icon.png"), Failed: notify.Complaints(complain),
		Clicked: func(c command.Command) { asked <- c }}, paths.LoadNotified(), paths.SaveNotified, func() bool { on, err := notes.On(); return err == nil && !on })
	defer teller.Close()
	return tray.Run(ctx, tray.Options{Paths: paths, Version: paths.Version, AtLogin: len(os.Args) > 1, Warn: complain, Asked: asked,
		Autostart: login, Notifications: notes, News: func(n tray.News) {
			if n.Say != "" {
				teller.Say(ctx, n.Say)
				return
			}
			s := notify.Scene{After: n.Snapshot, Events: n.Events, Retention: n.Retention, Now: n.Time}
			if n.Err != nil {
				s.Unavailable = n.Err.Error()
			}
			teller.Tell(ctx, s)
		}})
}
