package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) autostart() *cobra.Command {
	c := &cobra.Command{
		Use:       "autostart on|off|status",
		Short:     "Start the tray at login: on, off or status",
		Args:      cobra.MatchAll(arguments(1, 1), cobra.OnlyValidArgs),
		ValidArgs: []string{"on", "off", "status"},
	}
	c.RunE = verb(func(_ context.Context, args []string) error {
		if err := a.Paths.Check(); err != nil {
			return err
		}
		state, err := a.Autostart(args[0])
		if state != "" {
			fmt.Fprintln(a.Out, state)
		}
		return err
	})
	return c
}
