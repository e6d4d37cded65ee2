// Build makes the packages of a release, and checks the rules of the code:
//
//	go run ./build [-for linux-amd64,…] [-o dist]    packages, archives, SHA256SUMS
//	go run ./build licences                          writes build/LICENSES anew
//	go run ./build style                             prints the style table
//	go run ./build imports                           prints the packages floor by floor, fails if a limit is missed
//
// The packages hold static binaries for amd64 and arm64: tar.gz, deb and rpm for Linux, zip for Windows, and on
// a Mac the application of macOS. One commit and one version of Go always make the same bytes. Nothing is signed
// and nothing is uploaded.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"claude-sync/build/house"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("build", flag.ContinueOnError)
	names := flags.String("for", "", "which packages, of all: linux-amd64,linux-arm64,windows-amd64,windows-arm64,darwin-amd64,darwin-arm64")
	dist := flags.String("o", "dist", "the folder to write into; packages that are there are removed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch flags.Arg(0) {
	case "":
		which, err := chosen(*names)
		if err != nil {
			return err
		}
		r, err := describe(ctx, ".")
		if err != nil {
			return err
		}
		return r.dist(ctx, *dist, which, out)
	case "licences":
		return writeLicences(ctx, ".")
	case "style":
		return house.Style(".", out)
	case "imports":
		return house.Floors(".", out)
	}
	return fmt.Errorf("unknown command %q, want licences, style or imports", flags.Arg(0))
}
