package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"claude-sync/syncer"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/project"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func (a *app) register() *cobra.Command {
	var discover, local, yes bool
	var as, was string
	c := &cobra.Command{
		Use:   "register [<path>]",
		Short: "Register the checkout in the current folder, or in another one",
	}
	c.Args = func(c *cobra.Command, args []string) error {
		return cmp.Or(arguments(0, 1)(c, args), together(c, "discover", "as"), together(c, "discover", "keep-local"))
	}
	c.Flags().BoolVar(&discover, "discover", false, "register every folder that still exists and in which Claude Code was used")
	c.Flags().StringVar(&as, "as", "", "treat the folder as the `project` of that name")
	c.Flags().BoolVar(&yes, "yes", false, "with --as: do not ask whether two remotes are one repository")
	c.Flags().StringVar(&was, "was", "", "bring the sessions of `folder`, which was moved or renamed and is gone")
	c.MarkFlagsMutuallyExclusive("as", "was")
	c.Flags().BoolVar(&local, "keep-local", false, "do not push or pull this project from now on; --keep-local=false ends that")
	c.RunE = verb(func(ctx context.Context, args []string) error {
		m, done, err := a.machine(ctx)
		if err != nil {
			return err
		}
		defer done()
		if discover {
			return a.discover(ctx, m)
		}
		cwd, err := os.Getwd()
		if len(args) > 0 {
			cwd, err = args[0], nil
		}
		if err != nil {
			return err
		}
		place, events, err := a.registerAt(ctx, m, cwd, as, was, yes)
		if err != nil {
			return err
		}
		setting := c.Flags().Changed("keep-local")
		a.tell(events)
		if len(events) == 0 && !setting {
			a.say("%s is registered already: %s", place.Key.Name(), place.Cwd)
		}
		if !setting {
			return nil
		}
		return a.keepLocal(m, place.Key, local)
	})
	return c
}

func (a *app) discover(ctx context.Context, m *engine.Machine) error {
	events, err := m.Discover(ctx)
	a.tell(events)
	if err == nil && len(events) == 0 {
		a.say("nothing new to register")
	}
	return err
}

// registerAt registers a folder as what it is, as the project that a person says it is, or in place of another folder.
func (a *app) registerAt(ctx context.Context, m *engine.Machine, cwd, as, was string, yes bool) (project.Place, []syncer.Event, error) {
	switch {
	case was != "":
		return m.RegisterWas(ctx, cwd, was)
	case as == "":
		return m.Register(ctx, cwd)
	}
	key, err := m.Named(ctx, as)
	if err != nil {
		if key, err = a.unknownAs(as, yes, err); err != nil {
			return project.Place{}, nil, err
		}
	}
	place, events, err := m.RegisterAs(ctx, key, cwd)
	var other *syncer.OtherProjectError
	if !errors.As(err, &other) {
		return place, events, err
	}
	asks := !yes && a.asksPeople()
	if asks && !a.confirm(other.Question()+" [y/N]: ") {
		return place, nil, errors.New("nothing was registered")
	}
	if !asks {
		a.say("%v", other)
	}
	a.say("from now on they are one project, on all your machines")
	return m.Join(ctx, key, cwd)
}

// unknownAs is the key of a project that nobody has yet, as a whole key or as a name that a person confirms.
func (a *app) unknownAs(as string, yes bool, unknown error) (project.Key, error) {
	if key, err := project.ParseKey(as); err == nil {
		return key, nil
	}
	key, err := project.ParseKey("name:" + as)
	switch {
	case err != nil:
		return "", unknown
	case yes:
		return key, nil
	case !a.asksPeople():
		return "", hinted{unknown, "if another machine will have it later, add --yes"}
	}
	a.say("%v", unknown)
	if !a.confirm("Is that a project of another machine that is not there yet? [y/N]: ") {
		return "", errors.New("nothing was registered")
	}
	return key, nil
}

// hinted is an error with its own hint.
type hinted struct {
	error
	hint string
}

// Hint is what a person can do about it.
func (h hinted) Hint() string { return h.hint }

// asksPeople reports whether there is somebody to ask.
func (a *app) asksPeople() bool {
	in, ok := a.In.(*os.File)
	return ok && term.IsTerminal(int(in.Fd()))
}

// confirm asks a person at a terminal. A script, which cannot be asked, said it by the command.
func (a *app) confirm(question string) bool {
	if !a.asksPeople() {
		return true
	}
	fmt.Fprint(a.Err, question)
	line, _ := bufio.NewReader(a.In).ReadString('\n')
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(line)), "y")
}

func (a *app) keepLocal(m *engine.Machine, key project.Key, local bool) error {
	done := "shared"
	if local {
		done = "kept local"
	}
	if err := m.KeepLocal(key, local); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "%-10s  %s\n", done, key.Name())
	return nil
}

func (a *app) forget() *cobra.Command {
	c := &cobra.Command{
		Use:   "forget <project or folder>",
		Short: "Take a project, or one of its folders, out of the registry; nothing else is deleted",
		Args:  arguments(1, 1),
	}
	c.ValidArgsFunction = a.firstOnly(projectLabels)
	c.RunE = verb(func(ctx context.Context, args []string) error {
		m, done, err := a.machine(ctx)
		if err != nil {
			return err
		}
		defer done()
		gone, err := m.ForgetNamed(a.expand(args[0]))
		if err == nil {
			fmt.Fprintf(a.Out, "%-10s  %s\n", "forgotten", gone)
		}
		return err
	})
	return c
}
