package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"claude-sync/syncer"
	"claude-sync/syncer/engine"
	"claude-sync/syncer/transport"

	"github.com/spf13/cobra"
)

func (a *app) export() *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:   "export [<session>]",
		Short: "Write one session's pack to a file, or with -o - to a pipe",
		Long:  "Writes a session's pack to a file. Without a session it takes this project's newest.",
		Args:  arguments(0, 1),
	}
	c.Flags().StringVarP(&output, "output", "o", "", "the `file` to write; - is stdout (default: the session's id and .ccsync)")
	c.ValidArgsFunction = a.firstOnly(sessionIDs)
	c.RunE = verb(func(ctx context.Context, args []string) error {
		m, done, err := a.machine(ctx)
		if err != nil {
			return err
		}
		defer done()
		p, s, err := a.choose(ctx, m, args)
		if err != nil {
			return err
		}
		if output == "-" {
			w := bufio.NewWriterSize(a.Out, 256<<10)
			if err := m.Export(ctx, w, p.Key, s); err != nil {
				return err
			}
			return w.Flush()
		}
		if output == "" {
			output = string(s.ID) + transport.Extension
		}
		if err := m.ExportFile(ctx, output, p.Key, s); err != nil {
			return err
		}
		fmt.Fprintf(a.Out, "%-10s  %s  %s  %s\n", "exported", p.Label, s.ID, output)
		return nil
	})
	return c
}

// choose finds the session that export means. It needs no sync folder: a pack by hand is for when there
// is none.
func (a *app) choose(ctx context.Context, m *engine.Machine, args []string) (syncer.Project, syncer.Session, error) {
	key, err := a.registerHere(ctx, m)
	if err != nil {
		return syncer.Project{}, syncer.Session{}, err
	}
	s, err := m.LookLocal(ctx)
	if err != nil {
		return syncer.Project{}, syncer.Session{}, err
	}
	if len(args) > 0 {
		return s.Find(args[0], key)
	}
	for _, p := range s.Projects {
		if p.Key == key && len(p.Sessions) > 0 {
			return p, p.Sessions[0], nil
		}
	}
	return syncer.Project{}, syncer.Session{}, &syncer.NoSessionError{}
}

func (a *app) import_() *cobra.Command {
	var cwd string
	var overwrite bool
	c := &cobra.Command{
		Use:   "import <file>",
		Short: "Install one pack by hand; - reads it from a pipe",
		Args:  arguments(1, 1),
	}
	c.Flags().StringVar(&cwd, "cwd", "", "the `path` of the folder to resume the session in (default: the project's checkout)")
	c.Flags().BoolVar(&overwrite, "overwrite", false, "if a session was continued on two machines, keep the file's branch and save yours as a fork")
	c.RunE = verb(func(ctx context.Context, args []string) error {
		m, done, err := a.machine(ctx)
		if err != nil {
			return err
		}
		defer done()
		file, drop, err := a.input(args[0])
		if err != nil {
			return err
		}
		defer drop()
		events, err := m.Import(ctx, file, cwd, overwrite)
		a.tell(events)
		if err == nil && len(events) == 0 {
			a.say("nothing to import: this machine has the session whole")
		}
		return err
	})
	return c
}

// input opens the file to import, and drop closes it. A pipe is kept in a temporary file until then, because a
// pack is read more than once.
func (a *app) input(name string) (f *os.File, drop func(), err error) {
	if name != "-" {
		f, err = os.Open(name)
		return f, func() { f.Close() }, err
	}
	f, err = os.CreateTemp("", "claude-sync-import-*")
	if err != nil {
		return nil, nil, err
	}
	early := os.Remove(f.Name()) // so that a kill leaves no transcript behind; Windows refuses while the file is open
	drop = func() {
		f.Close()
		if early != nil {
			os.Remove(f.Name())
		}
	}
	if _, err := io.Copy(f, a.In); err != nil {
		drop()
		return nil, nil, err
	}
	return f, drop, nil
}
