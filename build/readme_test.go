package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"claude-sync/syncer/cli"

	"github.com/spf13/cobra"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheREADMETellsWhatHelpTells(t *testing.T) {
	for _, c := range cli.Commands("").Commands() {
		if !c.IsAdditionalHelpTopicCommand() {
			continue
		}
		if c.Long == "" {
			t.Errorf("help %s has no text", c.Name())
		}
		_, section, ok := strings.Cut(readme(t), "<!-- claude-sync help "+c.Name()+" -->\n")
		section, _, _ = strings.Cut(section, "\n#")
		if !ok || section != c.Long {
			t.Errorf("the README's section is not syncer/cli/topics/%s.txt: %q", c.Name(), section)
		}
		if !strings.Contains(readme(t), c.Name()) {
			t.Errorf("the README does not name the topic %s", c.Name())
		}
	}
}

// TestTheREADMEListsTheCommands compares its table with the commands, their arguments and their flags.
func TestTheREADMEListsTheCommands(t *testing.T) {
	root := cli.Commands("x")
	root.InitDefaultHelpCmd()
	root.InitDefaultVersionFlag()
	told := map[string]bool{}
	flag := regexp.MustCompile(`\[?(--?[a-z-]+)( <[a-z]+>)?\]?…?`)
	for row := range strings.Lines(readme(t)) {
		cells := strings.Split(strings.ReplaceAll(row, `\|`, "¦"), "|")
		if len(cells) != 4 || !strings.HasPrefix(cells[1], " `") {
			continue
		}
		for _, usage := range strings.Split(strings.TrimSpace(cells[1]), " · ") {
			usage = strings.ReplaceAll(strings.Trim(usage, "`"), "¦", "|")
			name, rest, _ := strings.Cut(usage, " ")
			c := root
			if !strings.HasPrefix(name, "-") {
				var err error
				c, _, err = root.Find([]string{name})
				must(t, err)
				told[c.Name()] = true
			} else {
				rest = usage
			}
			checkUsage(t, c, rest, flag)
		}
	}
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() && !told[c.Name()] {
			t.Errorf("the README's table lacks the command %s", c.Name())
		}
	}
}

// checkUsage compares what stands after a command's name: its arguments and its flags, none lacking.
func checkUsage(t *testing.T, c *cobra.Command, rest string, flag *regexp.Regexp) {
	t.Helper()
	c.InitDefaultHelpFlag()
	want := map[string]bool{}
	for line := range strings.Lines(c.LocalFlags().FlagUsages()) {
		if name := regexp.MustCompile(`--[a-z-]+`).FindString(line); name != "--help" {
			want[name] = true
		}
	}
	for _, m := range flag.FindAllStringSubmatch(rest, -1) {
		name := m[1]
		if short := strings.TrimPrefix(name, "-"); len(short) == 1 {
			f := c.LocalFlags().ShorthandLookup(short)
			if f == nil {
				t.Errorf("%s has no flag %s", c.CommandPath(), name)
				continue
			}
			name = "--" + f.Name
		}
		if !want[name] {
			t.Errorf("%s has no flag %s", c.CommandPath(), name)
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("the README's table lacks %s %s", c.CommandPath(), name)
	}
	_, args, _ := strings.Cut(c.Use, " ")
	words := func(usage string) string { return strings.Join(strings.Fields(flag.ReplaceAllString(usage, "")), " ") }
	if got := words(rest); got != words(args) && c.Name() != "completion" {
		t.Errorf("the README has %q as the arguments of %s, which has %q", got, c.CommandPath(), args)
	}
}
