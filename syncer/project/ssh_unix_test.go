//go:build unix

package project

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// withSSHConfig puts a script ssh on the PATH that runs the real ssh with the test's configuration: ssh ignores
// HOME and reads the configuration in the home folder of the password file.
func withSSHConfig(t *testing.T, config string) {
	t.Helper()
	program := need(t, "ssh")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "config"), config)
	script(t, dir, "ssh", `exec "`+program+`" -F "`+dir+`/config" "$@"`)
}

func script(t *testing.T, dir, name, line string) {
	t.Helper()
	path := filepath.Join(dir, name)
	write(t, path, "#!/bin/sh\n"+line+"\n")
	if err := os.Chmod(path, 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

const aliases = `
CanonicalizeHostname always
CanonicalDomains invalid
CanonicalizeFallbackLocal no
Host gh-me
	HostName ssh.github.com
	Port 443
	User git
Host corp
	HostName git.corp.example
	Port 2222
Host nas
	HostName fd00::5
Host lan.example
	HostName 10.0.0.5
	Port 2022
Host git.example.com
	HostName ssh-gateway.corp.example
	Port 2222
Host port.example.com
	Port 2222
Host github.com
	HostName ssh.github.com
	Port 443
Host github.com-work
	HostName github.com
Host work.github.com
	HostName ssh.github.com
	Port 443
Host work.gitlab.corp.example
	HostName gitlab.corp.example
	Port 2222
Host gitlab.corp.example.work
	HostName gitlab.corp.example
Host git.corp2.example
	HostName corp2.example
Host gl.me
	HostName gitlab.com
Host nas.local1
	HostName 10.0.0.7
	Port 2022
Host 10.0.0.5
	HostName nas.example.com
Host short
	HostName %h.example.org
Match originalhost byuser user deploy
	HostName deploy.example
`

func TestHostAliasesOfSSHAreResolved(t *testing.T) {
	for url, want := range map[string]Key{
		"gh-me:you/myapp.git":                 myapp,
		"git@gh-me:You/MyApp":                 myapp,
		"ssh://git@gh-me/you/myapp":           myapp,
		"git@corp:you/app":                    "git:https://git.corp.example:2222/you/app.git",
		"ssh://git@corp:2200/you/app":         "git:https://git.corp.example:2200/you/app.git",
		"git+ssh://git@short/you/app":         "git:https://short.example.org/you/app.git",
		"nas:app":                             "git:https://[fd00::5]/app.git",
		"git@lan.example:app":                 "git:https://lan.example/app.git",
		"git@git.example.com:you/app":         "git:https://git.example.com/you/app.git",
		"git@port.example.com:you/app":        "git:https://port.example.com/you/app.git",
		"ssh://port.example.com:2222/app":     "git:https://port.example.com:2222/app.git",
		"git@github.com:you/myapp":            myapp,
		"git@github.com-work:you/myapp":       myapp,
		"git@work.github.com:you/myapp":       myapp,
		"git@work.gitlab.corp.example:me/app": "git:https://gitlab.corp.example/me/app.git",
		"git@gitlab.corp.example.work:me/app": "git:https://gitlab.corp.example/me/app.git",
		"git@git.corp2.example:me/app":        "git:https://git.corp2.example/me/app.git",
		"git@gl.me:you/app":                   "git:https://gitlab.com/you/app.git",
		"git@nas.local1:app":                  "git:https://10.0.0.7:2022/app.git",
		"git@10.0.0.5:app":                    "git:https://10.0.0.5/app.git",
		"git@unlisted.example:app":            "git:https://unlisted.example/app.git",
		"deploy@byuser:app":                   "git:https://deploy.example/app.git",
		"git@bare:app":                        "git:https://bare/app.git",
		"https://gh-me/you/myapp":             "git:https://gh-me/you/myapp.git",
		"git@[::1]:app":                       "git:https://[::1]/app.git",
		"git@GitHub.com:you/myapp":            myapp,
		"-oProxyCommand=false@corp:you/ap":    "git:https://git.corp.example:2222/you/ap.git",
	} {
		t.Run(url, func(t *testing.T) {
			dir := repo(t, filepath.Join(settle(t), "here"))
			withSSHConfig(t, aliases)
			run(t, dir, "config", "remote.origin.url", url)
			wantPlace(t, dir, Place{Key: want, Root: dir})
		})
	}
}

func TestAHostIsNeverAnOptionOfSSH(t *testing.T) {
	dir := repo(t, filepath.Join(settle(t), "here"))
	bin := t.TempDir()
	script(t, bin, "ssh", `echo "$@" >> "`+bin+`/called"; exit 1`)
	for _, url := range []string{"-oProxyCommand=x:you/app", "ssh://-oProxyCommand/you/app", "ssh://me@-F/you/app"} {
		run(t, dir, "config", "remote.origin.url", url)
		Locate(t.Context(), dir)
	}
	if called, err := os.ReadFile(filepath.Join(bin, "called")); err == nil {
		t.Errorf("ssh was called with %s", called)
	}
}

func TestABrokenSSHOnlyMattersForAnAlias(t *testing.T) {
	dir := repo(t, filepath.Join(settle(t), "here"), "origin", "git@host.example:app")
	script(t, t.TempDir(), "ssh", `echo "Bad owner or permissions" >&2; exit 255`)
	wantPlace(t, dir, Place{Key: "git:https://host.example/app.git", Root: dir})
	run(t, dir, "remote", "set-url", "origin", "git@alias:app")
	p, err := Locate(t.Context(), dir)
	if err == nil || !strings.Contains(err.Error(), "Bad owner") || !strings.Contains(err.Error(), `"alias"`) {
		t.Errorf("got %+v, %v; want ssh's reason", p, err)
	}
}

func TestWithoutSSHTheURLCounts(t *testing.T) {
	dir := repo(t, filepath.Join(settle(t), "here"), "origin", "git@alias:app")
	bin := t.TempDir()
	if err := os.Symlink(need(t, "git"), filepath.Join(bin, "git")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	wantPlace(t, dir, Place{Key: "git:https://alias/app.git", Root: dir})
}

// macOS has a /usr/bin/git even without its developer tools.
func TestTheGitThatOnlyAsksForXcodeIsNoGit(t *testing.T) {
	dir := repo(t, filepath.Join(settle(t), "here"), "origin", "git@github.com:you/myapp")
	script(t, t.TempDir(), "git", `echo "xcrun: error: invalid active developer path" >&2; exit 1`)
	if p, err := Locate(t.Context(), dir); !errors.Is(err, ErrNoGit) {
		t.Errorf("got %+v, %v; want ErrNoGit", p, err)
	}
}

func TestAFolderThatCannotBeNamedElsewhereIsAnError(t *testing.T) {
	home := settle(t)
	dir := repo(t, filepath.Join(home, "here"), "origin", "git@github.com:you/myapp")
	for _, sub := range []string{"line\nbreak", `back\slash`, "\u202eback", "C:"} {
		if p, err := Locate(t.Context(), mkdir(t, dir, sub)); err == nil {
			t.Errorf("%q is %+v", sub, p)
		}
	}
	if p, err := Locate(t.Context(), mkdir(t, home, "bell\a")); err == nil {
		t.Errorf("got %+v, want an error", p)
	}
	if p, err := Locate(t.Context(), "/"); err == nil {
		t.Errorf("the root is %+v", p)
	}
}
