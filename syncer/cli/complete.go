package cli

import (
	"context"
	"slices"

	"claude-sync/syncer"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/project"
	"claude-sync/syncer/words"

	"github.com/spf13/cobra"
)

// titleWidth is how much of a title a shell shows beside what it offers.
const titleWidth = 60

// completion offers what may stand where the cursor is; arguments of which there is none get nothing, and no
// files either.
type completion = func(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective)

// firstOnly completes the first argument, with what offer finds on a machine that is set up.
func (a *app) firstOnly(offer func(context.Context, *engine.Machine) []cobra.Completion) completion {
	return func(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		m, err := engine.Open(a.Paths)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp // a shell has no place to say why
		}
		return offer(c.Context(), m), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}

// sessionIDs are the sessions of all projects, the newest first, as list shows them.
func sessionIDs(ctx context.Context, m *engine.Machine) []cobra.Completion {
	s, err := m.Look(ctx)
	if err != nil {
		return nil
	}
	var all []syncer.Session
	for _, p := range s.Projects {
		all = append(all, p.Sessions...)
	}
	slices.SortStableFunc(all, func(x, y syncer.Session) int { return y.Modified.Compare(x.Modified) })
	var offered []cobra.Completion
	for _, one := range all {
		offered = append(offered, cobra.CompletionWithDesc(string(one.ID), words.Short(one.Title, titleWidth)))
	}
	return offered
}

// projectLabels are the registered projects.
func projectLabels(_ context.Context, m *engine.Machine) []cobra.Completion {
	reg, err := project.Load(m.Registry)
	if err != nil {
		return nil
	}
	var offered []cobra.Completion
	labels := project.Labels(reg.Keys())
	for _, key := range reg.Keys() {
		offered = append(offered, cobra.CompletionWithDesc(labels[key], string(key)))
	}
	return offered
}
