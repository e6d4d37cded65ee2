package cli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"claude-sync/syncer/ccsync"
	"claude-sync/syncer/claude"
	"claude-sync/syncer/cli"
	"claude-sync/syncer/engine"
	"claude-sync/tray"
	"claude-sync/tray/autostart"

	"github.com/google/uuid"
	"github.com/rogpeppe/go-internal/testscript"
)

// The scenarios are stories of two or three machines. Their own commands:
//
//	on <machine>                     what follows happens there; its home is $WORK/<machine>
//	repo <dir> <remote>              makes a clone with that remote, "-" for none
//	turn <dir> <session> <text>      Claude Code has one more turn of the session in that folder
//	glance <dir> <session> <text>    it is looked at: a metadata row is appended
//	torn <dir> <session> <text>      the transcript ends in the middle of a row
//	open <session>                   Claude Code opens the session; close ends it
//	days <dir> <session> <n>         its transcript was last written n days ago
//	show <dir> <session>             (a program) prints the transcript
//	sweep <dir> <session>            (a program) Claude Code's retention deletes the transcript
//	copy <dir> <other> <session>     its transcript is copied to the place of another folder; move moves it, as /cd does
//	zeros <dir> <session> <n>        the transcript is n zeros, as a crash leaves it
//	shows <text>                     fails unless some transcript of this machine has the text
//	empty <dir>                      fails if there is anything in the folder
//	restricted <verb…>               (a program, Linux) claude-sync without root's right to write everywhere
//
// Sessions are $A to $E. Every verb is a process of its own, as it is for a user.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"claude-sync": func() {
			paths := engine.DefaultPaths()
			paths.Version = "test"
			login := autostart.New("claude-sync", autostart.Root(filepath.Dir(filepath.Dir(paths.Config)), paths.Home))
			entry := func() (autostart.Entry, error) {
				program, err := exec.LookPath(os.Args[0])
				return autostart.Entry{ID: "claude-sync", Name: "claude-sync", Exec: []string{program, "--at-login"}}, err
			}
			os.Exit(cli.Run(context.Background(), os.Args[1:], cli.Env{In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
				Paths: paths, Version: paths.Version, Autostart: tray.AutostartVerb(login, entry), Leave: os.Exit}))
		},
		"show":       show,
		"sweep":      sweep,
		"restricted": restricted,
	})
}

func TestScenarios(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		Setup:               setup,
		RequireExplicitExec: true,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"on": on, "repo": repo, "turn": turn, "glance": glance, "days": days, "torn": torn, "open": openSession, "close": closeSession,
			"empty": empty, "copy": copyTranscript, "move": moveTranscript, "zeros": zeros, "shows": shows,
		},
	})
}

func setup(e *testscript.Env) error {
	for i, name := range []string{"A", "B", "C", "D", "E"} {
		e.Setenv(name, fmt.Sprintf("%08x-0000-4000-8000-00000000000%d", 0xa0000000+uint32(i)*0x1111111, i))
	}
	e.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	e.Setenv("CLAUDE_CONFIG_DIR", "")
	e.Setenv("SYNC", filepath.Join(e.WorkDir, "Sync"))
	self, err := exec.LookPath("claude-sync")
	e.Setenv("BIN", filepath.Dir(self))
	return err
}

func on(ts *testscript.TestScript, neg bool, args []string) {
	home := ts.MkAbs(filepath.Join(ts.Getenv("WORK"), args[0]))
	ts.Check(os.MkdirAll(filepath.Join(home, ".claude", "sessions"), 0o700)) // as every Claude Code of today has it
	for name, dir := range map[string]string{"HOME": "", "USERPROFILE": "", "LOCALAPPDATA": "AppData", "APPDATA": "AppData",
		"XDG_CONFIG_HOME": ".config", "XDG_STATE_HOME": ".local/state", "XDG_CACHE_HOME": ".cache", "XDG_RUNTIME_DIR": ".run"} {
		ts.Setenv(name, filepath.Join(home, dir))
	}
	ts.Setenv("MACHINE", args[0])
	ts.Check(ts.Chdir(home))
}

func repo(ts *testscript.TestScript, neg bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(ts.Exec("git", "init", "-q", "-b", "main", dir))
	if args[1] != "-" {
		ts.Check(ts.Exec("git", "-C", dir, "remote", "add", "origin", args[1]))
	}
}

func store(ts *testscript.TestScript) claude.Store {
	return claude.Open(ts.Getenv, ts.Getenv("HOME"))
}

func transcriptPath(ts *testscript.TestScript, dir, id string) string {
	path, err := store(ts).TranscriptPath(ts.MkAbs(dir), ccsync.SessionID(id))
	ts.Check(err)
	return path
}

func appendRow(ts *testscript.TestScript, dir, id string, row map[string]any) {
	path := transcriptPath(ts, dir, id)
	line, err := json.Marshal(row)
	ts.Check(err)
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	ts.Check(err)
	_, err = f.Write(append(line, '\n'))
	ts.Check(err)
	ts.Check(f.Close())
}

func turn(ts *testscript.TestScript, neg bool, args []string) {
	appendRow(ts, args[0], args[1], map[string]any{"type": "user", "uuid": uuid.NewString(), "sessionId": args[1],
		"cwd": ts.MkAbs(args[0]), "timestamp": time.Now().UTC().Format(time.RFC3339Nano), "message": map[string]any{"role": "user", "content": args[2]}})
}

func glance(ts *testscript.TestScript, neg bool, args []string) {
	appendRow(ts, args[0], args[1], map[string]any{"type": "cost-state", "sessionId": args[1], "text": args[2]})
}

func days(ts *testscript.TestScript, neg bool, args []string) {
	var n int
	_, err := fmt.Sscan(args[2], &n)
	ts.Check(err)
	when := time.Now().Add(-time.Duration(n) * 24 * time.Hour)
	ts.Check(os.Chtimes(transcriptPath(ts, args[0], args[1]), when, when))
}

func torn(ts *testscript.TestScript, neg bool, args []string) {
	f, err := os.OpenFile(transcriptPath(ts, args[0], args[1]), os.O_APPEND|os.O_WRONLY, 0o600)
	ts.Check(err)
	_, err = f.WriteString(args[2])
	ts.Check(err)
	ts.Check(f.Close())
}

// openSession writes the entry that Claude Code has in its live registry, for this test's own process.
func openSession(ts *testscript.TestScript, neg bool, args []string) {
	stat, err := os.ReadFile("/proc/self/stat")
	ts.Check(err)
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	entry := map[string]any{"pid": os.Getpid(), "sessionId": args[0], "procStart": fields[19], "status": "idle", "startedAt": time.Now().UnixMilli()}
	data, err := json.Marshal(entry)
	ts.Check(err)
	ts.Check(os.WriteFile(liveEntry(ts), data, 0o644))
}

func closeSession(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(os.Remove(liveEntry(ts)))
}

func empty(ts *testscript.TestScript, neg bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	for _, e := range entries {
		ts.Fatalf("%s holds %s", args[0], e.Name())
	}
}

func copyTranscript(ts *testscript.TestScript, neg bool, args []string) {
	text, err := os.ReadFile(transcriptPath(ts, args[0], args[2]))
	ts.Check(err)
	to := transcriptPath(ts, args[1], args[2])
	ts.Check(os.MkdirAll(filepath.Dir(to), 0o755))
	ts.Check(os.WriteFile(to, text, 0o600))
}

func moveTranscript(ts *testscript.TestScript, neg bool, args []string) {
	copyTranscript(ts, neg, args)
	ts.Check(os.Remove(transcriptPath(ts, args[0], args[2])))
	appendRow(ts, args[1], args[2], map[string]any{"type": "relocated", "sessionId": args[2], "relocatedCwd": ts.MkAbs(args[1])})
}

func zeros(ts *testscript.TestScript, neg bool, args []string) {
	var n int
	_, err := fmt.Sscan(args[2], &n)
	ts.Check(err)
	ts.Check(os.WriteFile(transcriptPath(ts, args[0], args[1]), make([]byte, n), 0o600))
}

func shows(ts *testscript.TestScript, neg bool, args []string) {
	found, err := filepath.Glob(filepath.Join(ts.Getenv("HOME"), ".claude", "projects", "*", "*.jsonl"))
	ts.Check(err)
	has := slices.ContainsFunc(found, func(path string) bool {
		text, err := os.ReadFile(path)
		ts.Check(err)
		return strings.Contains(string(text), args[0])
	})
	if has == neg {
		ts.Fatalf("a transcript of %s has %q: %v", ts.Getenv("MACHINE"), args[0], has)
	}
}

func liveEntry(ts *testscript.TestScript) string {
	return filepath.Join(ts.Getenv("HOME"), ".claude", "sessions", fmt.Sprint(os.Getpid())+".json")
}

func show() {
	withTranscript(func(path string) error {
		text, err := os.ReadFile(path)
		os.Stdout.Write(text)
		return err
	})
}

func sweep() { withTranscript(os.Remove) }

// withTranscript runs a small program on the transcript that its arguments name.
func withTranscript(do func(path string) error) {
	dir, err := filepath.Abs(os.Args[1])
	if err == nil {
		var path string
		path, err = claude.Open(os.Getenv, os.Getenv("HOME")).TranscriptPath(dir, ccsync.SessionID(os.Args[2]))
		if err == nil {
			err = do(path)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Git is what tells projects apart; a machine without it cannot run these stories.
func TestGitIsInstalled(t *testing.T) {
	if out, err := exec.Command("git", "--version").Output(); err != nil || !strings.Contains(string(out), "git version") {
		t.Fatalf("git: %q, %v", out, err)
	}
}
