package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer/cli"
)

func TestEveryCommandAndTopicHasAManPage(t *testing.T) {
	r := release{version: "1.2.3", time: time.Unix(1795641105, 0).UTC()}
	files, err := r.manual()
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	for _, f := range files {
		z, err := gzip.NewReader(bytes.NewReader(f.body))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		pages[f.name] = string(text)
	}
	for _, c := range cli.Commands("").Commands() {
		if usages := c.LocalFlags().FlagUsages(); strings.Contains(usages, "<") {
			t.Errorf("the man page loses what is between < and > in: %s", usages)
		}
		name, words := "share/man/man1/claude-sync-"+c.Name()+".1.gz", c.Short
		if c.IsAdditionalHelpTopicCommand() {
			name, words = "share/man/man7/claude-sync-"+c.Name()+".7.gz", strings.Fields(c.Long)[0]
		}
		if c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() {
			if !strings.Contains(strings.ReplaceAll(pages[name], `\`, ""), words) {
				t.Errorf("%s does not say %q: %.300q", name, words, pages[name])
			}
		}
	}
	for name, words := range map[string]string{
		"share/man/man1/claude-sync-pull.1.gz":      "[<session>]",
		"share/man/man1/claude-sync-push.1.gz":      "overwrite",
		"share/man/man1/claude-sync.1.gz":           "--resume <id>",
		"share/man/man7/claude-sync-formats.7.gz":   "<session>-<machine>.ccsync",
		"share/man/man7/claude-sync-decisions.7.gz": "claude-sync help decisionsfP",
		"share/man/man7/claude-sync-privacy.7.gz":   "claude-sync(1)",
	} {
		if !strings.Contains(strings.ReplaceAll(pages[name], `\`, ""), words) {
			t.Errorf("%s does not say %q:\n%s", name, words, pages[name])
		}
	}
	if !strings.Contains(pages["share/man/man1/claude-sync.1.gz"], `\fB--version\fP`) {
		t.Errorf("the program's page lacks a flag:\n%s", pages["share/man/man1/claude-sync.1.gz"])
	}
	if len(pages) != len(files) || strings.Contains(pages["share/man/man1/claude-sync-pull.1.gz"], "=false") {
		t.Errorf("%d pages in %d files; pull's:\n%s", len(pages), len(files), pages["share/man/man1/claude-sync-pull.1.gz"])
	}
}
