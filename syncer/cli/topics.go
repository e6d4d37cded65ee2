package cli

import (
	"embed"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

//go:embed topics
var topicTexts embed.FS

// topics are what claude-sync help <topic> tells beside the commands. The README has the same texts; a
// test holds them equal.
func topics() []*cobra.Command {
	var all []*cobra.Command
	for _, t := range []struct{ name, short string }{
		{"decides", "How claude-sync decides what to do with a session"},
		{"conflicts", "What to do when a session went on on two machines"},
		{"privacy", "What leaves the machine, and who can read it"},
		{"formats", "What a pack in the sync folder is made of"},
		{"scripting", "Exit codes, and what is printed where"},
	} {
		text, _ := topicTexts.ReadFile("topics/" + t.name + ".txt") // a test opens every one
		all = append(all, &cobra.Command{Use: t.name, Short: t.short, Long: string(text)})
	}
	return all
}

// help is cobra's own, except that it is wrong usage to ask for what there isn't.
func help(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [<command or topic>]",
		Short: "Tell about a command or a topic",
		RunE: func(_ *cobra.Command, args []string) error {
			found, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return fmt.Errorf("there is no help about %q", strings.Join(args, " "))
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) (names []cobra.Completion, _ cobra.ShellCompDirective) {
			for _, c := range root.Commands() {
				if c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() {
					names = append(names, cobra.CompletionWithDesc(c.Name(), c.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}
