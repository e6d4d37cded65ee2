package main

import (
	"fmt"
	"os"
	"path/filepath"
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

func TestTheREADMEFitsItsReader(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(readme(t), "\n"), "\n")
	if len(lines) > 200 {
		t.Errorf("it has %d lines, want 200 at most", len(lines))
	}
	screen := strings.Join(lines[:30], "\n")
	for _, command := range []string{"\ngo run . demo ", "\nbuild/test "} {
		if !strings.Contains(screen, command) {
			t.Errorf("its first screen lacks the command %q", strings.TrimSpace(command))
		}
	}
}

// TestTheREADMETellsWhatHelpTells holds the README's sections equal to the help topics. The README only names
// the topic formats, which few readers need.
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
		if (ok || c.Name() != "formats") && section != c.Long {
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

// checkUsage compares the arguments and flags that the README shows for a command with those it has.
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

// TestTheREADMEsExampleCompiles puts the README's Go code into a module of its own, which depends on this one in
// the way that the README says.
func TestTheREADMEsExampleCompiles(t *testing.T) {
	_, library, _ := strings.Cut(readme(t), "\n## The library\n")
	depend := regexp.MustCompile("`go (mod edit -require claude-sync@v0.0.0 -replace claude-sync=)[^ `]+`").FindStringSubmatch(library)
	examples := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(library, -1)
	if depend == nil || len(examples) == 0 {
		t.Fatal("the README's section on the library has no go mod edit line, or no code")
	}
	root, err := filepath.Abs("..")
	must(t, err)
	dir := t.TempDir()
	sums, err := os.ReadFile("../go.sum") // so that nothing has to be fetched
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o600))
	for i, e := range examples {
		name := fmt.Sprintf("example%d.go", i)
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(exampleFile(i, e[1])), 0o600))
	}
	edit := strings.Fields(depend[1])
	edit[len(edit)-1] += root
	for _, line := range [][]string{{"mod", "init", "example.com/mine"}, edit, {"vet", "-mod=mod", "."}} {
		_, err := command(t.Context(), dir, []string{"GOWORK=off", "GOFLAGS="}, "go", line...)
		must(t, err)
	}
}

// exampleFile returns a Go file with the lines of code in a function. It imports the packages that the lines name,
// and uses their last variables.
func exampleFile(number int, code string) string {
	var file strings.Builder
	file.WriteString("package mine\n")
	for _, path := range []string{"context", "fmt", "claude-sync/syncer", "claude-sync/syncer/engine", "claude-sync/syncer/transport", "claude-sync/syncer/project"} {
		if name := filepath.Base(path); name == "context" || regexp.MustCompile(`\b`+name+`\.`).MatchString(code) {
			fmt.Fprintf(&file, "import %q\n", path)
		}
	}
	fmt.Fprintf(&file, "func example%d(ctx context.Context) error {\n%s", number, code)
	if regexp.MustCompile(`(?m)^events, err := `).MatchString(code) {
		file.WriteString("_ = events\n")
	}
	file.WriteString("return err\n}\n")
	return file.String()
}
