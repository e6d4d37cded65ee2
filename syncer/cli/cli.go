// Package cli is the command line: one file a verb. It turns arguments into calls of package syncer and
// events into lines.
//
// Results go to stdout, everything else to stderr, each line of it beginning with "claude-sync: ", in
// lower case and without a full stop; a line of advice begins with "claude-sync: hint: ". Exit codes: 0
// everything is in step or was done, 1 something failed, 2 wrong usage, 3 something is left that a person can
// cure, 4 not set up.
//
// The lines are for people and may change; what --json prints keeps its members. The package does not
// decide anything about sessions.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"claude-sync/syncer"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/transport/hang"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The exit codes, beside 0.
const (
	exitFailed   = 1
	exitUsage    = 2
	exitLeft     = 3
	exitNotSetUp = 4
)

// grace is how long a verb may take to end after Ctrl-C. It ends after one block of a file, unless the system keeps it
// waiting. What it has begun and not committed then is lost, as if it had never begun.
const grace = 1500 * time.Millisecond

// Env is what the command line gets from the process that runs it.
type Env struct {
	In       io.Reader
	Out, Err io.Writer
	Paths    engine.Paths
	Version  string
	// Autostart switches start at login "on" or "off" and returns the state in words, also for "status". With the
	// state it returns an error if nothing starts although it is on.
	Autostart func(action string) (string, error)
	// Leave ends the process with a code while a verb still waits in the kernel, as os.Exit does. It is called after
	// Ctrl-C, or if the sync folder does not answer.
	Leave func(code int)
}

// app is one run of the command line.
type app struct {
	Env
	code int
}

// results is standard output. It keeps the first error, which few that print look at: what was not printed
// was not done.
type results struct {
	to  io.Writer
	err error
}

func (r *results) Write(p []byte) (int, error) {
	n, err := r.to.Write(p)
	if r.err == nil {
		r.err = err
	}
	return n, err
}

// failure is an error that a verb returned, as opposed to one that cobra found in the arguments.
type failure struct{ error }

// Run executes one command line, without the program's name, and returns the exit code.
func Run(ctx context.Context, args []string, e Env) int {
	out := &results{to: e.Out}
	e.Out = out
	e.Paths.Watch = &hang.Watch{Grace: grace}
	a := &app{Env: e}
	root := a.root()
	root.SetArgs(args)
	var err error
	a.Paths.Watch.Guard(ctx, func(ctx context.Context) { err = root.ExecuteContext(ctx) }, func(err error) {
		a.report(err)
		a.Leave(exitFailed)
	})
	var failed failure
	switch {
	case errors.As(err, &failed):
		a.report(failed.error)
		return exitCode(failed.error)
	case out.err != nil:
		a.report(out.err)
		return exitFailed
	case err == nil:
		return a.code
	default:
		a.misused(root, args, err)
		return exitUsage
	}
}

// misused tells what is wrong with the arguments, and how the command is called, or which may have been meant.
func (a *app) misused(root *cobra.Command, args []string, err error) {
	a.complain(misuse(err))
	if c, _, err := root.Find(args); err == nil && c.HasParent() && c.Name() != "help" {
		a.hint("usage: " + c.Parent().CommandPath() + " " + c.Use + "; " + c.CommandPath() + " --help tells more")
		return
	}
	if len(args) > 0 {
		if meant := root.SuggestionsFor(args[0]); len(meant) > 0 {
			a.hint("did you mean claude-sync " + strings.Join(meant, " or ") + "?")
			return
		}
	}
	a.hint("claude-sync --help shows the commands and topics")
}

// misuse says what is wrong with the arguments. The libraries speak of Go's types and of arguments where a person
// thinks of options and values.
func misuse(err error) string {
	var value *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	switch {
	case errors.As(err, &value) && value.GetFlag().Value.Type() == "bool":
		return fmt.Sprintf("--%s is either true or false, not %#.80q", value.GetFlag().Name, value.GetValue())
	case errors.As(err, &missing):
		option := missing.GetFlag()
		kind, _ := pflag.UnquoteUsage(option)
		return fmt.Sprintf("--%s needs a value: --%s <%s>", option.Name, option.Name, kind)
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}

// together refuses options that exclude each other.
func together(c *cobra.Command, one, other string) error {
	if c.Flags().Changed(one) && c.Flags().Changed(other) {
		return fmt.Errorf("--%s and --%s exclude each other", one, other)
	}
	return nil
}

// arguments bounds how many a command takes.
func arguments(least, most int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return errors.New("an argument is missing")
		case len(args) > most:
			return fmt.Errorf("unexpected argument %#q", args[most])
		}
		return nil
	}
}

func exitCode(err error) int {
	if errors.Is(err, syncer.ErrNotSetUp) {
		return exitNotSetUp
	}
	return exitFailed
}

// Commands returns all commands for a reader of their texts: man pages and completions are made of it. To
// run them is Run's business.
func Commands(version string) *cobra.Command { return (&app{Env: Env{Version: version}}).root() }

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "claude-sync",
		Short: "Carry Claude Code sessions between your machines",
		Long: `Carry Claude Code sessions between your machines, through a folder that
Syncthing, Dropbox, iCloud Drive, OneDrive or a USB stick carries.

Push on the machine you leave, pull on the one you go to, and
claude --resume <id> continues there. No row of a session is ever lost.

Without a command it is an icon beside the clock, whose menu does the same.`,
		Version:           a.Version,
		SilenceErrors:     true,
		SilenceUsage:      true,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
		DisableAutoGenTag: true,
	}
	root.SetIn(a.In)
	root.SetOut(a.Out) // before the completion's commands are made, which remember it
	root.SetErr(a.Err)
	root.SuggestionsMinimumDistance = 2 // SuggestionsFor compares by it, and cobra sets it too late for us
	root.SetVersionTemplate("claude-sync {{.Version}}\n")
	root.AddCommand(a.init_(), a.list(), a.status(), a.register(), a.forget(), a.export(), a.import_(),
		a.push(), a.pull(), a.resolve(), a.doctor(), a.autostart(), a.demo())
	root.AddCommand(topics()...)
	root.SetHelpCommand(help(root))
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		c.Example = examples(c.Name())
		if !c.Runnable() && c.HasSubCommands() { // or what it is not asked for would be answered by its help and no error
			c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		}
	}
	return root
}

// verb wraps what a verb does, so that its errors are told from wrong usage.
func verb(do func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		if err := do(c.Context(), args); err != nil {
			return failure{explained(err)}
		}
		return nil
	}
}

// noCwd says that the current folder was removed.
type noCwd struct{}

// Error says so.
func (noCwd) Error() string { return "the current folder is gone" }

// Hint says what a person can do about it.
func (noCwd) Hint() string { return "change to a folder that exists, then run the command again" }

// explained returns noCwd in place of an error that comes from a current folder that was removed. The
// system only says that there is no such file.
func explained(err error) error {
	var file *fs.PathError
	if !errors.Is(err, fs.ErrNotExist) || errors.As(err, &file) && filepath.IsAbs(file.Path) {
		return err
	}
	if _, gone := os.Getwd(); gone == nil {
		return err
	}
	return noCwd{}
}

// machine opens this machine and keeps other processes out until done is called.
func (a *app) machine(ctx context.Context) (m *engine.Machine, done func(), err error) {
	m, err = engine.Open(a.Paths)
	if err != nil {
		return nil, nil, err
	}
	unlock, err := m.Lock(ctx, func() { a.complain("another claude-sync is at work, waiting for it") })
	if err != nil {
		return nil, nil, err
	}
	bar := a.progress(m)
	return m, func() { bar(); unlock() }, nil
}

// complain writes one line to stderr.
func (a *app) complain(text string) { fmt.Fprintf(a.Err, "claude-sync: %s\n", text) }

// say writes one line that is not a result: to stderr, so that stdout stays empty when nothing was done.
func (a *app) say(format string, args ...any) { a.complain(fmt.Sprintf(format, args...)) }

func (a *app) hint(text string) {
	if text != "" {
		a.complain("hint: " + text)
	}
}

// Report writes an error and, unless empty, a hint in the form that all of the program's messages have.
func Report(w io.Writer, err error, hint string) {
	a := &app{Env: Env{Err: w}}
	a.complain(err.Error())
	a.hint(hint)
}

// BuildVersion is released, the version that the release program gave, or else what the build knows.
func BuildVersion(released string) string {
	info, ok := debug.ReadBuildInfo()
	switch {
	case released != "":
		return released
	case ok && info.Main.Version != "":
		return info.Main.Version
	}
	return "(unknown build)"
}

// report tells an error and what can be done about it.
func (a *app) report(err error) {
	if errors.Is(err, context.Canceled) {
		a.complain("stopped; everything is whole, run the command again to continue")
		return
	}
	a.complain(err.Error())
	a.hint(syncer.Hint(err))
}
