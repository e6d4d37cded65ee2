package cli

import (
	"embed"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

//go:embed topics
var topicTexts embed.FS

//go:embed examples.txt
var exampleLines string

// examples returns the example lines of a verb.
func examples(verb string) string {
	var lines []string
	for line := range strings.Lines(exampleLines) {
		if strings.Fields(line)[1] == verb {
			lines = append(lines, "  "+line)
		}
	}
	return strings.TrimRight(strings.Join(lines, ""), "\n")
}

// topics returns the help topics: pages of claude-sync help that belong to no command. The README has most of
// the same texts; a test holds them equal. A topic that was renamed keeps its old name after the new one.
func topics() []*cobra.Command {
	var all []*cobra.Command
	for _, t := range []struct{ names, short string }{
		{"decisions decides", "How claude-sync decides what to do with a session"},
		{"conflicts", "What to do when a session was continued on two machines"},
		{"privacy", "What leaves the machine, and who can read it"},
		{"formats", "What a pack in the sync folder is made of"},
		{"scripting", "Exit codes, and what is printed where"},
	} {
		names := strings.Fields(t.names)
		text, _ := topicTexts.ReadFile("topics/" + names[0] + ".txt") // a test opens every one
		all = append(all, &cobra.Command{Use: names[0], Aliases: names[1:], Short: t.short, Long: string(text)})
	}
	return all
}

// help is cobra's help command, except that a name without a page is wrong usage.
func help(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [<command or topic>]",
		Short: "Explain a command or a topic",
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
