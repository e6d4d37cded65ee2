// Bench measures claude-sync against the disk. It makes a corpus of sessions, always the same one, and runs cp, a
// walk over the folders, and claude-sync's verbs in turn, so that other load on the machine slows all of them. It
// prints medians, ratios to the first row of each table, and peak memory.
//
//	go run ./build/bench                       all tables, some minutes and some gigabytes
//	go run ./build/bench -only noop -rounds 9
//	go run ./build/bench -readme build/bench/README.md
//	                                           writes the tables into that file as well
//
// It does not promise that two runs agree: compare rows of one table only.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
)

// options holds the values of the flags.
type options struct {
	dir    string
	rounds int
	only   *regexp.Regexp
	readme string
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "child" {
		exit(child(os.Args[2:]))
	}
	debug.SetGCPercent(10) // a child inherits the peak memory of its parent
	var o options
	only := ""
	flag.StringVar(&o.dir, "dir", "", "where the corpus is made and measured; else a temporary folder")
	flag.IntVar(&o.rounds, "rounds", 5, "how often everything is run")
	flag.StringVar(&only, "only", "", "a regular expression: the tables to make (odd, many, append, single-500, noop-2000, …)")
	flag.StringVar(&o.readme, "readme", "", "a file with a "+begin+" and an "+end+" line; the tables are written in between")
	flag.Parse()
	var err error
	if o.only, err = regexp.Compile(only); err == nil {
		err = o.run()
	}
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func (o options) run() error {
	dir, err := os.MkdirTemp(o.dir, "claude-sync-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	w, err := newWorld(dir, o.rounds)
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, t := range tables() {
		if !o.only.MatchString(t.name) {
			continue
		}
		made, err := t.measure(w)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		for _, m := range made {
			fmt.Print(m, "\n")
			text.WriteString(m.String() + "\n")
		}
	}
	if o.readme != "" {
		return writeInto(o.readme, text.String())
	}
	return nil
}

// The lines of README.md between which the tables stand.
const (
	begin = "<!-- bench -->"
	end   = "<!-- /bench -->"
)

func writeInto(path, text string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(data), begin+"\n")
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no %s and %s lines", filepath.Base(path), begin, end)
	}
	return os.WriteFile(path, []byte(head+begin+"\n"+cmp.Or(text, "\n")+end+tail), 0o644)
}
