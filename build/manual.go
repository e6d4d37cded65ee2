package main

import (
	"bytes"
	"io"
	"strings"

	"claude-sync/syncer/cli"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manual returns a man page for every command and every help topic, with names relative to share's parent.
func (r release) manual() ([]file, error) {
	root := cli.Commands(r.version)
	root.InitDefaultVersionFlag() // cobra adds it when the command runs
	var files []file
	var pages func(c *cobra.Command) error
	pages = func(c *cobra.Command) error {
		page, err := r.page(c)
		if err != nil {
			return err
		}
		body, err := compressed(page)
		if err != nil {
			return err
		}
		s := section(c)
		files = append(files, file{name: "share/man/man" + s + "/" + pageName(c) + "." + s + ".gz", body: body})
		for _, below := range c.Commands() {
			if below.IsAvailableCommand() || below.IsAdditionalHelpTopicCommand() {
				if err := pages(below); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return files, pages(root)
}

func pageName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// section returns 1 for commands and 7 for help topics.
func section(c *cobra.Command) string {
	if c.IsAdditionalHelpTopicCommand() {
		return "7"
	}
	return "1"
}

// page returns cobra's man page with two corrections: cobra takes a topic for a command, and it prints the
// default values of switches and texts that are simply off and empty.
func (r release) page(c *cobra.Command) ([]byte, error) {
	literal(c)
	topic := c.IsAdditionalHelpTopicCommand()
	if topic {
		c.DisableFlagsInUseLine = true
		c.InitDefaultHelpFlag()
		if err := c.Flags().MarkHidden("help"); err != nil {
			return nil, err
		}
	}
	var page bytes.Buffer
	header := doc.GenManHeader{Title: strings.ToUpper(pageName(c)), Section: section(c), Date: &r.time, Source: r.version, Manual: "claude-sync"}
	if err := doc.GenMan(c, &header, &page); err != nil {
		return nil, err
	}
	text := strings.NewReplacer("[=false]", "", `=""`, "=…", "=[]", "=…").Replace(strings.TrimSpace(page.String()))
	if topic {
		text = strings.NewReplacer("claude-sync(7)", "claude-sync(1)", c.CommandPath()+"\\fP", "claude-sync help "+c.Name()+"\\fP").Replace(text)
	}
	for _, below := range c.Commands() {
		if below.IsAdditionalHelpTopicCommand() {
			text += `, \fB` + pageName(below) + `(7)\fP`
		}
	}
	return []byte(text + "\n"), nil
}

// literal escapes <session>. cobra makes man pages from Markdown, where that would be HTML.
func literal(c *cobra.Command) {
	quote := func(text string) string {
		parts := strings.Split(text, "`")
		for i := 0; i < len(parts); i += 2 { // the parts between are quoted already
			parts[i] = strings.ReplaceAll(parts[i], "<", `\<`)
		}
		return strings.Join(parts, "`")
	}
	c.Use, c.Short, c.Long = quote(c.Use), quote(c.Short), quote(c.Long)
}

// completions returns the completion files of the shells, with names relative to share's parent.
func completions(zsh string) ([]file, error) {
	root := cli.Commands("")
	var files []file
	for _, shell := range []struct {
		name     string
		generate func(io.Writer) error
	}{
		{"share/bash-completion/completions/claude-sync", func(w io.Writer) error { return root.GenBashCompletionV2(w, true) }},
		{"share/zsh/" + zsh + "/_claude-sync", root.GenZshCompletion},
		{"share/fish/vendor_completions.d/claude-sync.fish", func(w io.Writer) error { return root.GenFishCompletion(w, true) }},
	} {
		var text bytes.Buffer
		if err := shell.generate(&text); err != nil {
			return nil, err
		}
		files = append(files, file{name: shell.name, body: text.Bytes()})
	}
	return files, nil
}
