package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
)

const readmeSession = "3f2a0c1e-5b7d-4e8f-9a6b-0123456789ab"

// A commandLine is a command line in the README. In the picture, the output stands beside it.
type commandLine struct{ command, shown string }

// commandLines returns the command lines in shell blocks, in indented blocks and after a prompt.
func commandLines(text string) []commandLine {
	var all []commandLine
	gap := regexp.MustCompile(`\s{3,}`)
	inShell := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		set, indented := strings.CutPrefix(line, "    ")
		_, prompted, picture := strings.Cut(line, " $ ")
		switch {
		case strings.HasPrefix(line, "```"):
			inShell = line == "```sh"
		case picture:
			parts := append(gap.Split(prompted, 2), "")
			all = append(all, commandLine{parts[0], parts[1]})
		case inShell, indented && strings.HasPrefix(set, "claude-sync "):
			command, _, _ := strings.Cut(strings.TrimSpace(line), "  ")
			all = append(all, commandLine{command: command})
		}
	}
	return all
}

// elsewhere returns the README's command lines that this test does not run, with the file that runs them and a
// text in that file that proves it.
func elsewhere() map[string][2]string {
	return map[string][2]string{
		"build/test":     {"../.ci/run", "build/test"},
		"go run ./build": {"../.ci/real-deb", "readme 'go run ./build'"},
		"sudo apt install ./dist/claude-sync_*_amd64.deb":                                                      {"../.ci/real-deb", "readme 'sudo apt install '"},
		"mkdir -p ~/.local && tar -xzf dist/claude-sync-*-linux-amd64.tar.gz --strip-components=1 -C ~/.local": {"../.ci/real-deb", "readme 'mkdir .*tar '"},
		"claude":                     {"../.ci/real-claude", "the real Claude Code"},
		"claude --resume 3f2a0c1e-…": {"../.ci/real-claude", "can the real Claude Code continue a session on the other machine"},
	}
}

// home is one pretend machine.
type home struct{ name, dir, repo string }

// houses returns two machines that share ~/Dropbox. The laptop's checkout has another path and another URL.
func houses(t *testing.T, bin string) (desktop, laptop home) {
	t.Helper()
	root := t.TempDir()
	must(t, os.Mkdir(filepath.Join(root, "Dropbox"), 0o755))
	make := func(name, repo, url string) home {
		h := home{name, filepath.Join(root, name), filepath.Join(root, name, repo)}
		must(t, os.MkdirAll(filepath.Join(h.dir, ".claude", "sessions"), 0o755))
		must(t, os.Symlink(filepath.Join(root, "Dropbox"), filepath.Join(h.dir, "Dropbox")))
		h.run(t, bin, h.dir, fmt.Sprintf("git init -q '%s' && git -C '%s' remote add origin %s", h.repo, h.repo, url))
		return h
	}
	return make("desktop", "work/myapp", "git@github.com:you/myapp.git"), make("laptop", "code/my-app", "https://github.com/you/myapp")
}

// run runs the line in a shell of that machine and returns the exit code and stdout.
func (h home) run(t *testing.T, bin, dir, line string) (int, string) {
	t.Helper()
	c := exec.Command("sh", "-c", line)
	c.Dir = dir
	// The environment of a person who has just logged in, and Go's caches.
	c.Env = []string{"HOME=" + h.dir, "PATH=" + bin + ":" + os.Getenv("PATH"), "GOBIN=" + filepath.Join(h.dir, "bin"),
		"GOCACHE=" + goEnv(t, "GOCACHE"), "GOMODCACHE=" + goEnv(t, "GOMODCACHE"), "GOFLAGS=" + goEnv(t, "GOFLAGS"), "GOPROXY=" + goEnv(t, "GOPROXY"),
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"}
	out, err := c.Output()
	if exit, ok := err.(*exec.ExitError); ok {
		t.Logf("%s$ %s\n%s%s(exit %d)", h.name, line, out, exit.Stderr, exit.ExitCode())
		return exit.ExitCode(), string(out)
	}
	must(t, err)
	t.Logf("%s$ %s\n%s", h.name, line, out)
	return 0, string(out)
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	value, err := command(context.Background(), ".", nil, "go", "env", name)
	must(t, err)
	return strings.TrimSpace(value)
}

// turn appends a turn to the session, as Claude Code does. The first turn starts with the demo's sample.
func (h home) turn(t *testing.T, uuid string) {
	t.Helper()
	path, err := claude.Open(func(string) string { return "" }, h.dir).TranscriptPath(h.repo, ccsync.SessionID(readmeSession))
	must(t, err)
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		text, err = os.ReadFile("../syncer/cli/sample/session.jsonl")
	}
	must(t, err)
	row := fmt.Sprintf(`{"type":"user","uuid":"%s","sessionId":"%s","timestamp":"2026-11-25T10:00:00Z","message":{"role":"user","content":"on the %s"}}`+"\n", uuid, readmeSession, h.name)
	must(t, os.WriteFile(path, append(text, row...), 0o600))
}

func TestEveryCommandLineOfTheREADMEWorks(t *testing.T) {
	bin := t.TempDir()
	_, err := command(t.Context(), "..", nil, "go", "build", "-o", bin, ".")
	must(t, err)
	desktop, laptop := houses(t, bin)
	ran, codes := map[string]string{}, map[string]bool{}
	do := func(on home, dir string, exit int, line string) {
		t.Helper()
		code, out := on.run(t, bin, dir, line)
		if code != exit {
			t.Fatalf("on the %s, %s exited %d, want %d", on.name, line, code, exit)
		}
		if ran[line] == "" {
			ran[line] = out + "\n" // the README shows the first output
		}
		codes[fmt.Sprint(code)] = true
	}
	desktop.turn(t, "d0")
	do(desktop, "..", 0, "go run . demo")
	do(desktop, "..", 0, "go install .")
	do(desktop, desktop.repo, 4, "claude-sync list")
	do(desktop, desktop.repo, 2, "claude-sync psuh")
	do(desktop, desktop.repo, 0, "claude-sync init ~/Dropbox/claude-sync --name desktop")
	do(desktop, desktop.repo, 0, "claude-sync push")
	do(laptop, laptop.dir, 0, "claude-sync init ~/Dropbox/claude-sync --name laptop --roots ~/code")
	do(laptop, laptop.repo, 0, "claude-sync pull")
	do(laptop, laptop.repo, 1, "claude-sync pull ffff")
	do(laptop, laptop.repo, 0, "claude-sync autostart on")
	do(laptop, laptop.repo, 1, "claude-sync") // the tray fails without a desktop; tray's tests have one
	for _, verb := range []string{"list", "status", "doctor"} {
		_, out := laptop.run(t, bin, laptop.repo, "claude-sync "+verb+" --json")
		if got, want := members(t, out), toldMembers(t, verb); !slices.Equal(got, want) {
			t.Errorf("%s --json has the members %q, the README tells of %q", verb, got, want)
		}
	}
	both := func(n int) {
		t.Helper()
		desktop.turn(t, fmt.Sprint("d", n))
		laptop.turn(t, fmt.Sprint("l", n))
		do(desktop, desktop.repo, 0, "claude-sync push")
	}
	both(1)
	do(laptop, laptop.repo, 3, "claude-sync pull")
	do(laptop, laptop.repo, 0, "claude-sync pull 3f2a --overwrite")
	do(laptop, laptop.repo, 0, "claude-sync push")
	do(desktop, desktop.repo, 0, "claude-sync pull")
	both(2)
	do(laptop, laptop.repo, 0, "claude-sync push 3f2a --overwrite")
	do(desktop, desktop.repo, 0, "claude-sync pull")
	both(3)
	do(laptop, laptop.repo, 3, "claude-sync push")
	do(desktop, desktop.repo, 0, "claude-sync resolve 3f2a --with laptop")

	gone := elsewhere()
	for _, l := range commandLines(readme(t)) {
		out, done := ran[l.command]
		place, other := elsewhere()[l.command]
		delete(gone, l.command)
		switch {
		case other:
			if text, err := os.ReadFile(place[0]); err != nil || !strings.Contains(string(text), place[1]) {
				t.Errorf("%s is not run by %s, which lacks %q: %v", l.command, place[0], place[1], err)
			}
		case !done:
			t.Errorf("nothing runs this line of the README: %s", l.command)
		case l.shown != "" && !shows(l.shown, out):
			t.Errorf("%s printed %q, the README shows %q", l.command, out, l.shown)
		}
	}
	for line := range gone {
		t.Errorf("the README has no such line any more: %s", line)
	}
	if got, want := slices.Sorted(maps.Keys(codes)), exitCodes(readme(t)); !slices.Equal(got, want) {
		t.Errorf("seen were the exit codes %q, the README has %q", got, want)
	}
}

// members returns the members of the object that was printed, or of all objects in the array.
func members(t *testing.T, out string) []string {
	t.Helper()
	if !strings.HasPrefix(out, "[") {
		out = "[" + out + "]"
	}
	var objects []map[string]any
	must(t, json.Unmarshal([]byte(out), &objects))
	all := map[string]any{}
	for _, o := range objects {
		maps.Copy(all, o)
	}
	return slices.Sorted(maps.Keys(all))
}

// toldMembers returns the members that the README lists in parentheses after the verb.
func toldMembers(t *testing.T, verb string) []string {
	t.Helper()
	_, text, _ := strings.Cut(readme(t), "With --json,")
	m := regexp.MustCompile(`\s` + verb + `[^(]*\(([^)]*)\)`).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("the README does not tell what %s --json prints", verb)
	}
	return slices.Sorted(slices.Values(regexp.MustCompile(`,\s+`).Split(m[1], -1)))
}

// shows reports whether the output has the line that the README shows. Spaces do not count, and an ellipsis in
// the README stands for the rest of a word.
func shows(shown, out string) bool {
	words := strings.Fields(shown)
	for i, w := range words {
		words[i] = strings.ReplaceAll(regexp.QuoteMeta(w), "…", `\S*`)
	}
	return regexp.MustCompile(`(?m)^` + strings.Join(words, `\s+`) + `$`).MatchString(out)
}

// exitCodes returns the exit codes in the README's list.
func exitCodes(text string) []string {
	var codes []string
	for _, m := range regexp.MustCompile(`(?m)^    (\d)    \S`).FindAllStringSubmatch(text, -1) {
		codes = append(codes, m[1])
	}
	return codes
}
