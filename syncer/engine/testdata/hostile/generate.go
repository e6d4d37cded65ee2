// Command hostile writes the packs that nobody should have made: broken ones, and ones made to do harm.
//
//	go run ./syncer/engine/testdata/hostile [folder]
//
// They go into the folder, by default the command's own, and beside them index.txt says what each of them
// has to come to: a pack a line, its name, a verdict and the verdict's text, with tabs between them.
//
//	stray    it is a stray, and the reason holds the text
//	later    the same, and it may become a pack when more of it arrives
//	label    it is a pack of a project that is not here, from a machine that is shown as the text
//	key      it is a pack of a project that is not here, whose key is the text
//	taken    it is a pack like any other: its rows arrive as the session that the text names
//	version  it is one more version of a session that is here, and has nothing new
//
// What it writes is the same wherever and whenever it runs. It does not make anything that has to be
// large or that only some file systems can hold: tests make that for themselves.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	dir := "syncer/engine/testdata/hostile"
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	if err := generate(dir); err != nil {
		log.Fatal(err)
	}
}

// pack is one file: what is wrong with it, what has to come of it, and its bytes.
type pack struct {
	name, verdict, text string
	data                string
}

func generate(dir string) error {
	var index strings.Builder
	seen := map[string]bool{}
	for _, p := range all() {
		name := p.name + ".ccsync"
		if seen[name] {
			return fmt.Errorf("two packs are called %s", name)
		}
		seen[name] = true
		fmt.Fprintf(&index, "%s\t%s\t%s\n", name, p.verdict, p.text)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(p.data), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "index.txt"), []byte(index.String()), 0o644)
}

func all() []pack {
	return slices.Concat(sessions(), machines(), keys(), versions(), lineCounts(), times(), truncated(), notPacks(),
		nested(), doubled(), oddStrings(), transcripts(), rowsOfAllKinds())
}

const (
	// here is the session that tests have on the machine that looks: what is wrong behind a pack's header
	// only shows where the pack is compared with a transcript.
	here = "a0000000-0000-4000-8000-00000000000a"
	away = "d0000000-0000-4000-8000-00000000000d"
	row  = `{\"type\":\"user\",\"uuid\":\"eve\"}\n`
)

// member is one member of a pack as it is written: both are JSON.
type member struct{ name, value string }

// healthy is what a pack by eve looks like.
func healthy() []member {
	return []member{
		{`"_schemaVersion"`, `1`}, {`"sessionId"`, `"` + here + `"`}, {`"projectKey"`, `"name:myapp"`},
		{`"originalCwd"`, `"/home/eve/myapp"`}, {`"machineName"`, `"eve"`}, {`"exportedAt"`, `1715380000000`},
		{`"lineCount"`, `1`}, {`"jsonl"`, `"` + row + `"`},
	}
}

func render(members []member) string {
	var parts []string
	for _, m := range members {
		parts = append(parts, "  "+m.name+": "+m.value)
	}
	return "{\n" + strings.Join(parts, ",\n") + "\n}"
}

// with is a healthy pack in which the members named before each value have that value; "" leaves a
// member out.
func with(namesAndValues ...string) string {
	members := healthy()
	for i := 0; i < len(namesAndValues); i += 2 {
		at := position(members, namesAndValues[i])
		members[at].value = namesAndValues[i+1]
		if members[at].value == "" {
			members = slices.Delete(members, at, at+1)
		}
	}
	return render(members)
}

func position(members []member, name string) int {
	return slices.IndexFunc(members, func(m member) bool { return m.name == `"`+name+`"` })
}

// elsewhere is with, for a project that the machine that looks does not have.
func elsewhere(namesAndValues ...string) string {
	return with(append([]string{"sessionId", quoted(away), "projectKey", `"name:elsewhere"`}, namesAndValues...)...)
}

// before and behind add a member at either end of a pack.
func before(data, name, value string) string {
	return "{\n  " + name + ": " + value + "," + strings.TrimPrefix(data, "{")
}

func behind(data, name, value string) string {
	return strings.TrimSuffix(data, "\n}") + ",\n  " + name + ": " + value + "\n}"
}

func quoted(s string) string { return `"` + s + `"` }
