// Claude-sync carries Claude Code sessions between machines: a tray application without arguments, a
// command line with them.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"claude-sync/syncer"
	"claude-sync/syncer/cli"
)

// version is set by the release program; a plain go build says what the build knows.
var version string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], cli.Env{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Paths: syncer.DefaultPaths(), Version: versionText()})
	stop()
	os.Exit(code)
}

func versionText() string {
	info, ok := debug.ReadBuildInfo()
	switch {
	case version != "":
		return version
	case ok && info.Main.Version != "":
		return info.Main.Version
	}
	return "(unknown build)"
}
