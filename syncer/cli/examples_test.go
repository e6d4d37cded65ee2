package cli

import (
	"strings"
	"testing"
)

func TestEveryVerbHasExamplesThatItTakes(t *testing.T) {
	shown := map[string]bool{}
	for line := range strings.Lines(exampleLines) {
		command, _, _ := strings.Cut(line, " | ")
		args := strings.Fields(command)[1:]
		c, rest, err := Commands("").Find(args)
		if err != nil {
			t.Fatal(err)
		}
		shown[c.Name()] = true
		if err := c.ParseFlags(rest); err != nil {
			t.Errorf("%s: %v", command, err)
		} else if err := c.ValidateArgs(c.Flags().Args()); err != nil {
			t.Errorf("%s: %v", command, err)
		}
	}
	for _, c := range Commands("").Commands() {
		if c.IsAvailableCommand() && !c.HasSubCommands() && c.Name() != "help" && (!shown[c.Name()] || !c.HasExample()) {
			t.Errorf("help %s has no example", c.Name())
		}
	}
}
