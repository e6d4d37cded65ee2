package cli

import (
	"context"
	"os"

	"claude-sync/syncer"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/project"
	"claude-sync/syncer/words"

	"github.com/spf13/cobra"
)

func (a *app) push() *cobra.Command {
	var all, overwrite bool
	c := &cobra.Command{
		Use:   "push [<session>]",
		Short: "Put this project's sessions into the sync folder",
		Long: `Packs the current project's sessions that are not yet, or not fully, in the sync
folder. With a session it packs only that one, with --all those of every project.`,
		Args: arguments(0, 1),
	}
	c.Flags().BoolVar(&all, "all", false, "the sessions of every registered project")
	c.Flags().BoolVar(&overwrite, "overwrite", false, "if a session was continued on two machines, keep this machine's branch and save theirs as a fork")
	c.ValidArgsFunction = a.firstOnly(sessionIDs)
	c.RunE = verb(func(ctx context.Context, args []string) error {
		m, done, err := a.machine(ctx)
		if err != nil {
			return err
		}
		defer done()
		scope := syncer.Scope{Overwrite: overwrite}
		switch {
		case len(args) > 0:
			scope.Session = args[0]
		case !all:
			scope.Project, err = a.registerHere(ctx, m)
		}
		if err != nil {
			return err
		}
		s, tidied, err := m.LookToPush(ctx)
		a.tellRegistered(tidied)
		if err != nil {
			return err
		}
		events, err := m.PushFrom(ctx, s, scope)
		a.tell(events)
		if err == nil && len(events) == 0 {
			return a.nothingToPush(s, scope)
		}
		return err
	})
	return c
}

// nothingToPush tells why a push did nothing: all is there already, or there is no session at all.
func (a *app) nothingToPush(s syncer.Snapshot, scope syncer.Scope) error {
	here := 0
	for _, p := range s.Projects {
		for _, session := range p.Sessions {
			if session.Path != "" && (scope.Project == "" || scope.Project == p.Key) {
				here++
			}
		}
	}
	if here == 0 {
		return &syncer.NoSessionError{}
	}
	a.say("nothing to push: the sync folder has %s", words.Count(here, "session"))
	return nil
}

// registerHere is the project of the current folder. It is registered, which is told, if it is a checkout, or if Claude
// Code has sessions of it.
func (a *app) registerHere(ctx context.Context, m *engine.Machine) (project.Key, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return "", err
	}
	key, events, err := m.Here(ctx, cwd)
	a.tellRegistered(events)
	return key, err
}

// here is the project of the current folder, for a verb that only reads: it registers nothing.
func (a *app) here(ctx context.Context, m *engine.Machine) (project.Key, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return "", err
	}
	place, err := project.Locate(ctx, cwd)
	if err != nil {
		return "", err
	}
	reg, err := project.Load(m.Registry)
	if err != nil {
		return "", err
	}
	return reg.KeyAt(place), nil
}

// tellRegistered tells what came of registering a folder that was not asked for: it is no result.
func (a *app) tellRegistered(events []syncer.Event) {
	for _, e := range events {
		if e.Kind == syncer.Registered {
			a.say("registered %s: %s", e.Label, e.Path)
			continue
		}
		a.tell([]syncer.Event{e})
	}
}
